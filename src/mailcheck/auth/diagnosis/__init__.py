"""Why a signature fails: the likely edits undone one by one until one of them fits what was signed."""
