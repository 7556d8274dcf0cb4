"""Who may open the pages, and what every answer tells the browser to refuse."""
