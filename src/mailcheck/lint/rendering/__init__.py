"""Rendered and compiled bodies beside the written ones: `--data FILE`, and MJML where its compiler is installed.

Everything runs in a child process with limits; nothing of the repository is imported or executed but its templates, in
a sandbox. What is found in a rendered text is shown where its source stands.
"""
