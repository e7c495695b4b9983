using R1Reward.Actors.Workers.Learn;
using R1Reward.Policy.Exchange;
using R1Reward.Policy.Training;

namespace R1Reward.Actors.Workers.Stages;

/// <summary>
/// A stage of a run that is trained from beginning to end as one item: the cold start, or a scalar model.
/// </summary>
/// <param name="Name">Name of the worker's thread.</param>
/// <param name="Threads">Threads of the tensor library; 0: as many as there are cores.</param>
/// <param name="Exchange">By what several workers exchange what they compute.</param>
/// <param name="Steps">Optimiser steps of the whole stage.</param>
/// <param name="CheckpointEvery">Steps from one checkpoint to go on from to the next; 0: none.</param>
/// <param name="Checkpoint">Where the trained model goes, below the run folder.</param>
/// <param name="Partial">Where checkpoints to go on from lie, below the run folder.</param>
/// <param name="Load">
/// Makes the state of one of the ranks from the folder of the starting model on this host, or from the checkpoint where
/// it exists.
/// </param>
internal sealed record Stage(
    string Name,
    int Threads,
    RankExchange Exchange,
    int Steps,
    int CheckpointEvery,
    string Checkpoint,
    string Partial,
    Func<string, TrainingCheckpoint, ICollective, StageState> Load);
