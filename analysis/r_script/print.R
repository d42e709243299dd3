# ---- Print ----------------------------------------------------------------------------------------
numeric <- sapply(figures, is.numeric)
figures[numeric] <- lapply(figures[numeric], function(x) ifelse(is.na(x), "", sprintf("%.17g", x)))
write.csv(figures, stdout(), row.names = FALSE, fileEncoding = "UTF-8")
