using System.Globalization;
using R1Reward.Policy.Heads;
using R1Reward.Policy.Losses.Preference;
using R1Reward.Policy.Training;

namespace R1Reward.Actors.Configuration.Settings;

/// <summary>The training of a scalar reward model.</summary>
public sealed record SrmSettings
{
    private const string Section = "r1reward.srm.";

    /// <summary>Whether the run trains a scalar model instead of a judge.</summary>
    public required bool Enabled { get; init; }

    /// <summary>Names, layers and pooling of the heads of a new model.</summary>
    public required ScalarConfig Heads { get; init; }

    /// <summary>The loss of pairs, its margin and the weights of ties and heads.</summary>
    public required ScalarObjective Objective { get; init; }

    /// <summary>How the losses of several heads become one gradient.</summary>
    public required HeadBalance Balance { get; init; }

    /// <summary>How strongly GradNorm favours slow heads.</summary>
    public required double GradNormAlpha { get; init; }

    /// <summary>Step size of GradNorm's weights.</summary>
    public required double GradNormRate { get; init; }

    /// <summary>Pairs per optimiser step; twice as many responses go through the model.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Steps between two checkpoints; 0: only when the run is stopped.</summary>
    public required int CheckpointEvery { get; init; }

    /// <summary>Steps between two scorings of the held-out pairs; 0: only at the end.</summary>
    public required int EvaluateEvery { get; init; }

    /// <summary>Learning rate, clipping and the like.</summary>
    public required OptimizerSettings Optimizer { get; init; }

    /// <summary>Reads the keys under <c>r1reward.srm</c>.</summary>
    public static SrmSettings Read(SettingsReader reader)
    {
        var heads = ReadHeads(reader);
        return new SrmSettings
        {
            Enabled = reader.Flag(Section + "enabled"),
            Heads = heads,
            Objective = ReadObjective(reader, heads.Heads.Count),
            Balance = reader.OneOf<HeadBalance>(Section + "head-balance"),
            GradNormAlpha = reader.Number(Section + "gradnorm-alpha", 0),
            GradNormRate = reader.Number(Section + "gradnorm-learning-rate", 0),
            BatchSize = reader.Whole(Section + "batch-size", 1),
            CheckpointEvery = reader.Whole(Section + "checkpoint-every", 0),
            EvaluateEvery = reader.Whole(Section + "evaluate-every", 0),
            Optimizer = OptimizerSettings.Read(reader, "r1reward.srm", leastSteps: 1),
        };
    }

    private static ScalarConfig ReadHeads(SettingsReader reader)
    {
        var names = reader.List(Section + "heads");
        if (names.Count == 0 || names.Distinct().Count() != names.Count)
        {
            reader.Refuse(Section + "heads", "write a list of names, none twice");
        }

        return new ScalarConfig
        {
            Heads = names,
            Kind = reader.OneOf<HeadKind>(Section + "head"),
            Pooling = reader.OneOf<ScalarPooling>(Section + "pooling"),
            PoolingParts = reader.Whole(Section + "pooling-parts", 1),
            ProbingLayer = reader.Whole(Section + "probing-layer", -4096, 4096),
            ProbingRule = reader.OneOf<ProbingRule>(Section + "probing-rule"),
            PoolsPadding = reader.Flag(Section + "pool-padding"),
            ScaleForTraining = reader.Flag(Section + "scale"),
        };
    }

    private static ScalarObjective ReadObjective(SettingsReader reader, int heads)
    {
        var margin = reader.Number(Section + "margin", 0);
        var weights = reader.List(Section + "head-weights");
        double[] numbers =
        [
            .. weights.Select(text =>
                double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var weight) ? weight : -1),
        ];
        if (numbers.Any(weight => weight < 0) || (numbers.Length != 0 && numbers.Length != heads))
        {
            reader.Refuse(Section + "head-weights", $"write {heads} numbers of 0 or more, one for each head, or []");
        }

        return new ScalarObjective
        {
            Loss = reader.OneOf(Section + "loss", Losses(margin)),
            TieWeight = reader.Number(Section + "tie-weight", 0),
            HeadWeights = numbers,
        };
    }

    private static Dictionary<string, IPairLoss> Losses(double margin) => new()
    {
        ["bradley-terry"] = new BradleyTerryLoss(margin),
        ["log-exp"] = new LogExpLoss(),
        ["hps"] = new HpsLoss(),
        ["hps-bradley-terry"] = new HpsBradleyTerryLoss(margin),
        ["contrastive"] = new ContrastiveLoss(),
        ["adaptive"] = new AdaptiveLoss(),
    };
}
