using R1Reward.Policy.Models.Configuration;

namespace R1Reward.Cli.Measuring;

/// <summary>The sizes of a model, on random weights, and the work that it is measured with.</summary>
/// <param name="Name">What it is called on the command line and in results.</param>
/// <param name="Config">The model.</param>
internal sealed record BenchShape(string Name, ModelConfig Config)
{
    /// <summary>Sequences that are decoded together.</summary>
    public int Sequences { get; init; } = 64;

    /// <summary>Tokens of a prompt.</summary>
    public int PromptTokens { get; init; } = 64;

    /// <summary>How many tokens each sequence is decoded for.</summary>
    public int NewTokens { get; init; } = 128;

    /// <summary>Rows of a train step.</summary>
    public required int TrainRows { get; init; }

    /// <summary>Tokens of each of its rows, all of them targets.</summary>
    public int TrainLength { get; init; } = 256;

    /// <summary>The shapes, small ones first.</summary>
    public static IReadOnlyList<BenchShape> All { get; } =
    [
        new("tiny", Sized(128, 4, 4, 2, 384, 1024)) { TrainRows = 64 },
        new("40m", Sized(512, 12, 8, 4, 1536, 8192)) { TrainRows = 16 },
        new("0.5b", Sized(896, 24, 14, 2, 4864, 151936)) { TrainRows = 1, NewTokens = 16 },
    ];

    private static ModelConfig Sized(int hidden, int layers, int heads, int shared, int inner, int vocabulary) => new()
    {
        VocabularySize = vocabulary,
        HiddenSize = hidden,
        Layers = layers,
        Heads = heads,
        KeyValueHeads = shared,
        HeadSize = hidden / heads,
        IntermediateSize = inner,
        MaxPositions = 4096,
        TieWordEmbeddings = true,
    };
}
