using R1Reward.Data.Files;

namespace R1Reward.Actors.Runs;

/// <summary>The files of a run: <c>runs/NAME/</c>.</summary>
/// <param name="Root">The folder.</param>
public sealed record RunFolder(string Root)
{
    /// <summary>The effective configuration, as submitted.</summary>
    public string Configuration => Path.Combine(Root, "config.conf");

    /// <summary>Figures of every step, one JSON object per line.</summary>
    public string Metrics => Path.Combine(Root, "metrics.jsonl");

    /// <summary>Every judgment with its rewards, one JSON object per line.</summary>
    public string Traces => Path.Combine(Root, "traces.jsonl");

    /// <summary>Which worker had which item when, one JSON object per line.</summary>
    public string Timeline => Path.Combine(Root, "timeline.jsonl");

    /// <summary>The figures of the whole run.</summary>
    public string Summary => Path.Combine(Root, "summary.json");

    /// <summary>The run as a web page: curves, tables and traces.</summary>
    public string Report => Path.Combine(Root, "report.html");

    /// <summary>What counts of the run, one line per thing that happened.</summary>
    public string Journal => Path.Combine(Root, "journal.jsonl");

    /// <summary>Whether the journal says that the run is over.</summary>
    public bool IsFinished => JsonLines.Read(Journal).Any(line => (string?)line["Kind"] == "Finished");

    /// <summary>Log events as compact JSON.</summary>
    public string Log => Path.Combine(Root, "log.jsonl");

    /// <summary>Folder of TensorBoard event files.</summary>
    public string TensorBoard => Path.Combine(Root, "tensorboard");

    /// <summary>The model and tokenizer that the run starts from.</summary>
    public string Model => Path.Combine(Root, "model");

    /// <summary>Checkpoints: <c>sft</c> and <c>step-N</c>, Hugging Face folders with the optimiser's state.</summary>
    public string Checkpoints => Path.Combine(Root, "checkpoints");

    /// <summary>A path as it stands in the journal, made absolute.</summary>
    public string Absolute(string relative) => Path.Combine(Root, relative);

    /// <summary>Folder of an update's checkpoint, relative to <see cref="Root"/>.</summary>
    public static string Checkpoint(int step) => Path.Combine("checkpoints", $"step-{step}");

    /// <summary>Folder of the cold start's checkpoint, relative to <see cref="Root"/>.</summary>
    public static string ColdStart { get; } = Path.Combine("checkpoints", "sft");

    /// <summary>Folder of the trained scalar model, relative to <see cref="Root"/>.</summary>
    public static string Scalar { get; } = Path.Combine("checkpoints", "srm");

    /// <summary>Folder of an interrupted training of one, relative to <see cref="Root"/>.</summary>
    public static string ScalarPartial { get; } = Path.Combine("checkpoints", "srm-partial");

    /// <summary>
    /// Folder of an interrupted cold start, relative to <see cref="Root"/>, under the claim of whoever makes it;
    /// removed once the cold start is done.
    /// </summary>
    public static string ColdStartPartial { get; } = Path.Combine("checkpoints", "sft-partial");
}
