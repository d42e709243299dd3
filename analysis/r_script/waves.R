# Compares the waves of this bundle again, in R, without Rapport.
#
#   unzip bundle.zip && Rscript compare.R > figures.csv
#
# Reads responses_before.csv and responses_after.csv beside this file, and those of earlier waves.
# Needs base R; with the package survey installed it also prints the rows "taylor". Variances:
#   taylor     survey::svyttest, svyglm, svymean and degf: Taylor linearisation, R's own df
#   jackknife  delete one PSU at a time, in closed form, with Kish-Satterthwaite degrees of freedom
# One row a variance and figure. What:
#   comparison             of the two waves
#   groups differ          one F test of any group changing otherwise than another: t is F, df below
#   gap before, gap after  the second of two groups (codes a | b) less the first
#   change of the gap      the difference of their changes
#   comparison areas       of the two waves there, where the plan names such areas
#   difference of changes  how much more the other areas changed than those
#   wave ...               one wave of three or more, in the columns "before"
#   slope                  change a month, straight line through all waves (always linearised)
#   any change             one F test of any difference between the waves: t is F, df the second df
#   ... to ...             two of these waves; contrast ...: one that the plan names
# Every change is after minus before; shares and their changes are proportions. An empty field could
# not be estimated. p_adjusted: Holm in the family primary, Benjamini-Hochberg in the others; Holm
# over the main outcomes for differences of changes, slopes and "any change", over all pairs and
# contrasts of an outcome for those; Holm (planned) or Benjamini-Hochberg over the tests of groups,
# and Holm over the pairs of one for gaps, never under that test. Not made here: CR2 beside a difference of changes
# (clubSandwich), and the other methods beside the main results: each has its own function in R,
# named on its page of the documents.

# ---- What is compared, as the codebook and the plan say -----------------------------------------
#: facts
# -------------------------------------------------------------------------------------------------

#  Reading: codes that are not valid answers (don't know, skipped, not shown ...) are missing, never
#  zero.
folder <- local({
  file <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
  if (length(file)) dirname(file[1]) else "."
})
#  People outside the population leave, as the plan says.
read_wave <- function(name) {
  wave <- read.csv(file.path(folder, paste0("responses_", name, ".csv")),
    colClasses = "character", check.names = FALSE, na.strings = character(), encoding = "UTF-8"
  )
  names(wave)[1] <- sub("^\xef\xbb\xbf", "", names(wave)[1], useBytes = TRUE)
  names(wave) <- trimws(names(wave))
  wave[] <- lapply(wave, trimws)
  for (id in intersect(names(exclusions), names(wave))) {
    wave <- wave[!suppressWarnings(as.numeric(wave[[id]])) %in% exclusions[[id]], , drop = FALSE]
  }
  wave
}
#  Who lives in a comparison area; who lives in no area that is known stands in neither part.
lives <- function(wave, there) {
  for (id in names(comparison_areas)) {
    elsewhere <- comparison_areas[[id]]
    if (is.character(elsewhere)) {
      is_there <- wave[[id]] %in% elsewhere
      is_here <- !is_there
    } else {
      code <- suppressWarnings(as.numeric(wave[[id]]))
      is_there <- code %in% elsewhere
      is_here <- code %in% questions[[id]]$valid & !is_there
    }
    wave <- wave[if (there) is_there else is_here, , drop = FALSE]
  }
  wave
}

#  Columns of all waves in use, one below the other: see `use`.
cells <- function(column) {
  unlist(lapply(sheets, function(wave) {
    if (column %in% names(wave)) wave[[column]] else rep("", nrow(wave))
  }), use.names = FALSE)
}
number <- function(column) {
  text <- cells(column)
  text[text == ""] <- NA
  as.numeric(text)
}
answer <- function(id) {
  value <- number(id)
  question <- questions[[id]]
  if (length(question$valid)) value[!value %in% question$valid] <- NA
  value[value %in% question$missing] <- NA
  value
}

#  A scale score is the mean of the valid answers when enough of them are there.
score <- function(scale) {
  items <- sapply(scale$items, function(id) {
    value <- answer(id)
    if (id %in% scale$reverse) sum(range(questions[[id]]$valid)) - value else value
  })
  answered <- rowSums(!is.na(items))
  ifelse(answered >= scale$needed, rowSums(items, na.rm = TRUE) / answered, NA)
}
values_of <- function(comparison) {
  if (comparison$measure == "share") {
    value <- answer(comparison$variable)
    return(ifelse(is.na(value), NA, as.numeric(value %in% comparison$codes)))
  }
  scale <- scales[[comparison$outcome]]
  if (is.null(scale)) answer(comparison$outcome) else score(scale)
}
members_of <- function(group) {
  if (is.null(group)) return(rep(TRUE, n))
  if (is.character(group$code)) return(cells(group$variable) == group$code)
  value <- number(group$variable)
  !is.na(value) & value == group$code
}
