"""What a model reads: answers and errors as text."""
