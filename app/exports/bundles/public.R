# Derives each published figure again from the tables beside this file, in base R.
#
#   Rscript derive.R > derived.csv
#
# One row a figure: what was published, what follows from the other published numbers, how far the
# two may lie apart because each was rounded, and whether they agree. Ends with status 1 where one
# does not. Made again are:
#   change       after minus before
#   statistic    change / standard error
#   ci_low/high  change -/+ t(0.975, df) x standard error
#   p            two-sided, from the statistic and its degrees of freedom
#   p_adjusted   Holm in the family primary, Benjamini-Hochberg in the others, where all p are told
#   share        the sum of the shares of its answers
#   gap          the second of two groups less the first, before and after
#   gap change   gap after minus before, and the difference of the changes of both groups
#   areas        the comparison areas' change, and the main change less that one
#   course       of each two waves the later less the earlier
# Not made again are the slope over all waves and its tests: they rest on standard errors that would
# tell how many people answered.
folder <- local({
  file <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
  if (length(file)) dirname(file[1]) else "."
})
read_table <- function(name) {
  read.csv(file.path(folder, name), encoding = "UTF-8", check.names = FALSE,
    colClasses = c(codes = "character", group_code = "character", first_code = "character",
      second_code = "character"))
}
comparisons <- suppressWarnings(read_table("comparisons.csv"))
answers <- suppressWarnings(read_table("answers.csv"))
gaps <- suppressWarnings(read_table("gaps.csv"))
areas <- suppressWarnings(read_table("areas.csv"))
course <- suppressWarnings(read_table("course.csv"))

# Half of the last decimal that is told.
half <- function(places) 0.5 * 10^-places
is_share <- comparisons$measure == "share"
level_half <- half(comparisons$level_decimals)
change_half <- half(comparisons$change_decimals)
statistic_half <- half(2)
p_half <- half(3)

derived <- list()
add <- function(comparison, figure, published, value, tolerance) {
  derived[[length(derived) + 1]] <<- data.frame(
    comparison = comparison, figure = figure, published = published, derived = signif(value, 6),
    tolerance = signif(tolerance, 3), agrees = abs(published - value) <= tolerance + 1e-9
  )
}
for (i in which(!is.na(comparisons$change_estimate))) {
  row <- comparisons[i, ]
  change <- row$change_estimate
  se <- row$change_se
  h <- change_half[i]
  if (!is.na(row$before_estimate) && !is.na(row$after_estimate)) {
    add(row$comparison, "change", change, row$after_estimate - row$before_estimate, 2 * level_half[i] + h)
  }
  if (is.na(se) || is.na(row$change_df) || se <= h) next
  # Degrees of freedom are told to 5.
  critical <- qt(0.975, pmax(1, row$change_df + c(-2.5, 0, 2.5)))
  slack <- 2 * h + critical[2] * h + max(abs(critical - critical[2])) * (se + h)
  add(row$comparison, "ci_low", row$change_ci_low, change - critical[2] * se, slack)
  add(row$comparison, "ci_high", row$change_ci_high, change + critical[2] * se, slack)
  ends <- abs(change) + c(-h, h)
  bounds <- c(max(0, ends[1]) / (se + h), ends[2] / (se - h))
  add(row$comparison, "statistic", abs(row$change_statistic), abs(change) / se,
    max(abs(bounds - abs(change) / se)) + statistic_half)
  if (!is.na(row$change_p)) {
    near <- pmax(0, abs(row$change_statistic) + c(-statistic_half, 0, statistic_half))
    p <- 2 * outer(-near, pmax(1, row$change_df + c(-2.5, 0, 2.5)), pt)
    add(row$comparison, "p", row$change_p, p[2, 2], max(abs(p - p[2, 2])) + p_half)
  }
}
for (family in unique(comparisons$family)) {
  own <- which(comparisons$family == family)
  p <- comparisons$change_p[own]
  if (anyNA(p) || anyNA(comparisons$change_p_adjusted[own])) next
  again <- p.adjust(p, if (family == "primary") "holm" else "BH")
  for (j in seq_along(own)) {
    add(comparisons$comparison[own[j]], "p_adjusted", comparisons$change_p_adjusted[own[j]], again[j],
      length(own) * p_half + p_half)
  }
}
for (i in which(is_share & comparisons$variable != "" & comparisons$group_variable == "")) {
  row <- comparisons[i, ]
  wanted <- strsplit(row$codes, " ")[[1]]
  for (wave in c("before", "after")) {
    published <- row[[paste0(wave, "_estimate")]]
    of <- answers[answers$variable == row$variable & answers$wave == wave & answers$is_valid == 1, ]
    codes <- strsplit(of$codes, " ")
    inside <- vapply(codes, function(these) all(these %in% wanted), logical(1))
    if (is.na(published) || !setequal(unlist(codes[inside]), wanted) || anyNA(of$share[inside])) next
    add(row$comparison, paste0("share_", wave), published, sum(of$share[inside]),
      (sum(inside) + 1) * half(2))
  }
}
for (i in which(!is.na(gaps$change_estimate))) {
  row <- gaps[i, ]
  of_group <- function(code) {
    which(comparisons$outcome == row$outcome & comparisons$measure == row$measure &
      comparisons$group_variable == row$group_variable & comparisons$group_code == code)[1]
  }
  pair <- c(of_group(row$first_code), of_group(row$second_code))
  levels <- half(row$level_decimals) + sum(level_half[pair])
  changes <- half(row$change_decimals) + sum(change_half[pair])
  for (wave in c("before", "after")) {
    groups <- comparisons[[paste0(wave, "_estimate")]][pair]
    add(comparisons$comparison[pair[2]], paste0("gap_", wave), row[[paste0(wave, "_estimate")]],
      groups[2] - groups[1], levels)
  }
  add(comparisons$comparison[pair[2]], "gap_change", row$change_estimate,
    row$after_estimate - row$before_estimate, 2 * half(row$level_decimals) + half(row$change_decimals))
  moved <- comparisons$change_estimate[pair]
  add(comparisons$comparison[pair[2]], "gap_change", row$change_estimate, moved[2] - moved[1], changes)
}
main_of <- function(row) {
  comparisons$comparison[which(comparisons$outcome == row$outcome &
    comparisons$measure == row$measure & comparisons$group_variable == "")[1]]
}
for (i in seq_len(nrow(areas))) {
  row <- areas[i, ]
  h <- half(row$change_decimals)
  if (!is.na(row$change_estimate) && !is.na(row$before_estimate) && !is.na(row$after_estimate)) {
    add(main_of(row), "areas_change", row$change_estimate, row$after_estimate - row$before_estimate,
      2 * half(row$level_decimals) + h)
  }
  if (!is.na(row$difference_estimate)) {
    add(main_of(row), "areas_difference", row$difference_estimate,
      row$main_change_estimate - row$change_estimate, 3 * h)
  }
}
for (i in which(!is.na(course$change_estimate))) {
  row <- course[i, ]
  add(main_of(row), paste("course", row$earlier_wave, row$later_wave), row$change_estimate,
    row$later_estimate - row$earlier_estimate, 2 * half(row$level_decimals) + half(row$change_decimals))
}
derived <- do.call(rbind, derived)
if (is.null(derived)) {
  message("No comparison of this report tells a figure.")
  quit(status = 0)
}
write.csv(derived, row.names = FALSE)
message(sum(derived$agrees), " of ", nrow(derived), " published figures follow from the tables.")
quit(status = as.integer(!all(derived$agrees)))
