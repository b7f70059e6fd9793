# Writing: small CSV for the data, JSON with 17 significant digits for the results.

write_set <- function(name, table) {
  write.csv(table, file.path(root, "data", paste0(name, ".csv")), row.names = FALSE, quote = FALSE, na = "")
}

write_results <- function(name, results) {
  text <- toJSON(results, digits = I(17), auto_unbox = TRUE, na = "null", dataframe = "columns", null = "null")
  writeLines(text, file.path(root, "results", paste0(name, ".json")))
}

# About 40 rows of a long table: its start, its end, and evenly between; an error anywhere is carried to the later rows.
some_rows <- function(table) {
  n <- nrow(table)
  if (n <= 40) return(table)
  table[sort(unique(c(1:8, round(seq(9, n - 8, length.out = 24)), (n - 7):n))), , drop = FALSE]
}

missing_to_na <- function(x) ifelse(is.finite(x), x, NA)
