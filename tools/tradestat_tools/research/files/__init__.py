"""Files that a person exported from a service's site, read as answers: China Customs, UN Comtrade, Korea Customs."""
