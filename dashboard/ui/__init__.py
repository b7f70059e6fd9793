"""What pages are made of: head, filters, cards, figures, states; `app.py` draws a page's question and filters."""
