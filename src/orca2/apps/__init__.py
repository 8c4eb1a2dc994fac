"""What a person meets: chat, serve, export, grade, compare and the other commands beside the stages."""
