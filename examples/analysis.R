# Actors and pairs of a folder of scores, with base R: Rscript examples/analysis.R scores

given <- commandArgs(trailingOnly = TRUE)
folder <- if (length(given) > 0) given[1] else "scores"

# A table of the folder: ids are texts, and nothing but an empty cell is missing
ids <- c(article_id = "character", actor_id = "character", source_actor = "character")
read <- function(name) {
  path <- file.path(folder, paste0(name, ".csv"))
  columns <- names(read.csv(path, nrows = 0, encoding = "UTF-8"))
  read.csv(path, na.strings = "", encoding = "UTF-8", colClasses = ids[intersect(names(ids), columns)])
}
show <- function(table) {
  table[] <- lapply(table, function(x) {
    if (is.double(x)) x <- round(x, 2)
    ifelse(is.na(x), "", x)
  })
  print(table, row.names = FALSE)
}
options(width = 160)

actors <- read("actors")
dyads <- read("dyads")
sentences <- read("sentences")
mentions <- read("mentions")

cat("Actors in five sentences or more, from escalation to de-escalation\n")
often <- subset(actors, role_group == "any" & n >= 5)
often <- often[order(-often$stance_mean), ]
show(often[c("name", "n_articles", "n", "stance_mean", "stance_low", "stance_high", "tone_mean")])

cat("\nWho speaks of whom: sentences with a known source, by the actors that they name\n")
scored <- subset(sentences, status == "ok" & !is.na(source_actor) & source_actor != "ambiguous")
named <- subset(mentions, end > start & actor_id != "ambiguous", c(article_id, sentence_id, actor_id))
pairs <- merge(scored, unique(named), by = c("article_id", "sentence_id"))
pairs <- subset(pairs, source_actor != actor_id)
if (nrow(pairs) > 0) {
  by <- split(pairs, list(pairs$source_actor, pairs$actor_id), drop = TRUE)
  spoken <- do.call(rbind, lapply(by, function(p) {
    data.frame(
      source_actor = p$source_actor[1], actor_id = p$actor_id[1],
      n_articles = length(unique(p$article_id)), n = nrow(p), stance_mean = mean(p$stance_score)
    )
  }))
  show(head(spoken[order(-spoken$n, spoken$source_actor, spoken$actor_id, method = "radix"), ], 10))
}

# Who does something to whom takes a model that finds targets
if (nrow(dyads) > 0) {
  cat("\nWho to whom, from dyads.csv\n")
  show(head(dyads[order(-dyads$n, dyads$source_id, dyads$target_id, method = "radix"), ], 10))
}
