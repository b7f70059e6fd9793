# Writing: small CSV for the data, JSON with 17 significant digits for the results.

write_set <- function(name, table) {
  write.csv(table, file.path(root, "data", paste0(name, ".csv")), row.names = FALSE, quote = FALSE, na = "")
}

# jsonlite stops at 15 significant digits, so the text is made here: 17 digits carry a double exactly.
json_text <- function(x) {
  if (is.null(x)) return("null")
  if (is.list(x)) {
    parts <- vapply(x, json_text, "")
    if (is.null(names(x))) return(paste0("[", paste(parts, collapse = ", "), "]"))
    return(paste0("{", paste0("\"", names(x), "\": ", parts, collapse = ",\n"), "}"))
  }
  text <- if (is.character(x)) paste0("\"", x, "\"") else if (is.logical(x)) tolower(x) else sprintf("%.17g", x)
  text[is.na(x)] <- "null"
  if (length(x) == 1) text else paste0("[", paste(text, collapse = ", "), "]")
}

write_results <- function(name, results) {
  writeLines(json_text(results), file.path(root, "results", paste0(name, ".json")))
}

# About 40 rows of a long table: its start, its end, and evenly between; an error anywhere is carried to the later rows.
some_rows <- function(table) {
  n <- nrow(table)
  if (n <= 40) return(table)
  table[sort(unique(c(1:8, round(seq(9, n - 8, length.out = 24)), (n - 7):n))), , drop = FALSE]
}

missing_to_na <- function(x) ifelse(is.finite(x), x, NA)
