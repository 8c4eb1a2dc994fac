def digits_abroad(text: str) -> str:
    return text
