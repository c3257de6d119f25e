"""Weitergaben: councils and quarter managements hand ideas in, ideas are handed on, with status."""
