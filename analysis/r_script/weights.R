# ---- Weights -------------------------------------------------------------------------------------
#  Each wave raked to the population, its levels joined as in the report. Who did not give a
#  demographic is a level whose target is its own share. Weights out of bounds (in means) are cut,
#  what that takes or leaves is shared among the others, and the wave is raked again.
level_of <- function(margin) {
  if (length(margin$ticks)) {
    ticked <- sapply(names(margin$ticks), function(id) answer(id) %in% 1)
    code <- unlist(margin$ticks)[max.col(ticked, "first")]
    code[rowSums(ticked) > 1] <- max(unlist(margin$ticks)) + 1
    code[rowSums(ticked) == 0] <- NA
  } else {
    code <- answer(margin$variable)
  }
  level <- rep(NA, n)
  for (g in seq_along(margin$groups)) level[code %in% margin$groups[[g]]] <- g
  level
}
target_of <- function(margin, rows) {
  level <- level_of(margin)[rows]
  silent <- sum(weight[rows][is.na(level)]) / sum(weight[rows])
  shares <- margin$shares
  if (silent > 0) {
    level[is.na(level)] <- length(shares) + 1
    shares <- c(shares * (1 - silent), silent)
  }
  list(level = level, shares = shares)
}
rake <- function(w, targets) {
  w <- w / mean(w)
  for (round in 1:1000) {
    last <- w
    for (target in targets) {
      held <- as.numeric(tapply(w, factor(target$level, seq_along(target$shares)), sum))
      w <- w * (target$shares * length(w) / held)[target$level]
    }
    if (max(abs(w - last)) < 1e-10) break
  }
  w
}
trim <- function(w) {
  trimmed <- rep(FALSE, length(w))
  repeat {
    bounded <- pmin(pmax(w, weighting$low), weighting$high)
    outside <- bounded != w
    if (!any(outside)) {
      return(w)
    }
    trimmed <- trimmed | outside
    if (all(trimmed)) {
      return(bounded)
    }
    w <- ifelse(trimmed, bounded, bounded + sum(w - bounded) / sum(!trimmed))
  }
}
weigh <- function(rows) {
  targets <- lapply(weighting$margins, target_of, rows)
  w <- rake(weight[rows], targets)
  rounds <- 0
  while (min(w) < weighting$low * (1 - 1e-9) || max(w) > weighting$high * (1 + 1e-9)) {
    w <- trim(w)
    if (rounds == 10) break
    rounds <- rounds + 1
    w <- rake(w, targets)
  }
  w
}
