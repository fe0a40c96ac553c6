"""Korea Customs at data.go.kr as the facts describe it."""
