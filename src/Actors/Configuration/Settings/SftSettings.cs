namespace R1Reward.Actors.Configuration.Settings;

/// <summary>The supervised cold start.</summary>
public sealed record SftSettings
{
    /// <summary>Whether there is a cold start.</summary>
    public required bool Enabled { get; init; }

    /// <summary>What is learned from each pair.</summary>
    public required SftLesson Lesson { get; init; }

    /// <summary>First steps, in which the model writes down what pictures of scenes show instead of judging.</summary>
    public required int AlignmentSteps { get; init; }

    /// <summary>Judgments or responses of one step.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Steps between two checkpoints; 0: only at the end.</summary>
    public required int CheckpointEvery { get; init; }

    /// <summary>
    /// Whether pairs without a judgment get the right answer after a fixed short analysis, instead of being left out.
    /// </summary>
    public required bool MakeMissingJudgments { get; init; }

    /// <summary>Whether judgments are learned with their analysis, or their answers alone.</summary>
    public required bool Reasoning { get; init; }

    /// <summary>Which tokens of a prompt and its reply count in the loss.</summary>
    public required SftTargets Targets { get; init; }

    /// <summary>
    /// What each other token of a prompt counts beside them: a model learns from prompts how the parts of a question
    /// belong together. Prompts that show pictures, videos or sounds are read and not learned.
    /// </summary>
    public required double PromptWeight { get; init; }

    /// <summary>Steps between two judgings of the held-out pairs; 0: none before the cold start is over.</summary>
    public required int EvaluateEvery { get; init; }

    /// <summary>Learning rate, clipping and the like.</summary>
    public required OptimizerSettings Optimizer { get; init; }

    private static Dictionary<string, bool> MissingJudgments { get; } = new() { ["answer"] = true, ["skip"] = false };

    /// <summary>Reads the keys under <c>r1reward.sft</c>.</summary>
    public static SftSettings Read(SettingsReader reader) => new()
    {
        Enabled = reader.Flag("r1reward.sft.enabled"),
        Lesson = reader.OneOf<SftLesson>("r1reward.sft.lesson"),
        AlignmentSteps = reader.Whole("r1reward.sft.alignment-steps", 0),
        BatchSize = reader.Whole("r1reward.sft.batch-size", 1),
        CheckpointEvery = reader.Whole("r1reward.sft.checkpoint-every", 0),
        MakeMissingJudgments = reader.OneOf("r1reward.sft.missing-judgment", MissingJudgments),
        Reasoning = reader.Flag("r1reward.sft.reasoning"),
        Targets = reader.OneOf<SftTargets>("r1reward.sft.targets"),
        PromptWeight = reader.Number("r1reward.sft.prompt-weight", 0, 1),
        EvaluateEvery = reader.Whole("r1reward.sft.evaluate-every", 0),
        Optimizer = OptimizerSettings.Read(reader, "r1reward.sft", leastSteps: 1),
    };
}
