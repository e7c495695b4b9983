namespace R1Reward.Cli.Running;

/// <summary>How a run is started from the command line.</summary>
/// <param name="Plain">Plain lines instead of a live display.</param>
/// <param name="Processes">1 or 3.</param>
/// <param name="Submit">Hand the run to a cluster instead of working on it here.</param>
internal sealed record TrainOptions(bool Plain, int Processes, bool Submit);
