"""The words that all floors above share: answers, errors, reasons, observations, arguments, settings."""
