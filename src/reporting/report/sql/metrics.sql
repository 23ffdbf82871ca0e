select metric, definition, formula, view from analytics.metrics
