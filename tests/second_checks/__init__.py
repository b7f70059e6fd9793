"""A second implementation, in pandas, of every check of a load: the referee of the first and its opponent in speed.

Written from the rules' sentences and the documents, not from the SQL; it reads canonical CSV files and says which
rows are kept out and which are marked, under which rule. It makes no codes, no scores and no marts.
"""
