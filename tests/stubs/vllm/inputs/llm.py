"""Prompts as vLLM takes them since 0.19."""

TokensPrompt = dict
TextPrompt = dict
MultiModalDataDict = dict
