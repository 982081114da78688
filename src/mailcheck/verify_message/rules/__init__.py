"""The rules about a message's authentication, one module for each thing they speak about."""
