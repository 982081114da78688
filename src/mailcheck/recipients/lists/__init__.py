"""Lists of recipients read row by row: encodings, delimiters, headers, columns; nothing is guessed silently."""
