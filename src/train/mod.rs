//! Training: data preparation, losses, schedules, optimiser, evaluation.
