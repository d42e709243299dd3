# ---- Groups beside each other ---------------------------------------------------------------------
#  Before and after of each group of a breakdown, one mean a cell.
cells_of <- function(breakdown) {
  y <- values_of(breakdown)
  do.call(c, lapply(breakdown$levels, function(code) {
    estimates(y, members_of(list(variable = breakdown$by, code = code)), 1:2)
  }))
}
of_groups <- function(breakdown, code) {
  c(breakdown, list(group = list(variable = breakdown$by, code = code)))
}
#  All groups at once: no change differs from that of the first group.
groups_differ <- function(variance, breakdown, cells, v) {
  k <- length(breakdown$levels)
  changes <- kronecker(diag(k), t(c(-1, 1)))
  told <- omnibus(cells, v, cbind(-1, diag(k - 1)) %*% changes, methods[[variance]]$df(diag(v), cells))
  row_of(variance, "groups differ", of_groups(breakdown, ""), change = told)
}
#  Two groups: the second less the first, before and after, and the change of that.
gaps_of <- function(variance, breakdown, cells, v) {
  y <- values_of(breakdown)
  do.call(rbind, combn(length(breakdown$levels), 2, simplify = FALSE, FUN = function(pair) {
    named <- of_groups(breakdown, paste(breakdown$levels[pair], collapse = " | "))
    first <- 2 * pair[1] - 1:0
    second <- 2 * pair[2] - 1:0
    told <- function(what, picked, coefficients) {
      found <- methods[[variance]]$given(y, v[picked, picked], cells[picked], coefficients)
      row_of(variance, what, named, change = found)
    }
    rbind(
      told("gap before", c(first[1], second[1]), c(-1, 1)),
      told("gap after", c(first[2], second[2]), c(-1, 1)),
      told("change of the gap", c(first, second), c(1, -1, -1, 1))
    )
  }))
}
#  No pair is surer than the test of all groups, which is adjusted over all breakdowns of a family.
groups_told <- function(variance) {
  cells <- lapply(breakdowns, cells_of)
  v <- Map(function(breakdown, cells) {
    places <- rep(1:2, length(breakdown$levels))
    methods[[variance]]$covariance(values_of(breakdown), rep(TRUE, n), cells, places)
  }, breakdowns, cells)
  differ <- do.call(rbind, Map(function(...) groups_differ(variance, ...), breakdowns, cells, v))
  for (family in unique(differ$family)) {
    own <- differ$family == family
    differ[own, ] <- adjusted(differ[own, ], if (family == "confirmatory") "holm" else "BH")
  }
  told <- Map(function(breakdown, cells, v, p) {
    if (length(breakdown$levels) > most_groups || is.na(p)) return(NULL)
    rows <- gaps_of(variance, breakdown, cells, v)
    pairs <- rows$what == "change of the gap"
    rows$p_adjusted[pairs] <- pmax(p.adjust(rows$p[pairs], "holm"), p)
    rows
  }, breakdowns, cells, v, differ$p_adjusted)
  rbind(differ, do.call(rbind, told))
}
if (length(breakdowns)) {
  for (variance in names(methods)) figures <- rbind(figures, groups_told(variance))
}
