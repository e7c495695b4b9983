namespace R1Reward.Actors.Configuration.Settings;

/// <summary>Shape of a model with a random start, as in a Hugging Face config.json.</summary>
public sealed record InitialShape(
    int HiddenSize,
    int Layers,
    int Heads,
    int KeyValueHeads,
    int IntermediateSize,
    double RopeTheta,
    int MaxPositions,
    bool TieEmbeddings,
    double InitializerRange,
    InitialTower Vision,
    InitialEars Audio)
{
    private const string Section = "r1reward.model.init.";

    /// <summary>Reads the keys under <c>r1reward.model.init</c>.</summary>
    public static InitialShape Read(SettingsReader reader)
    {
        var shape = new InitialShape(
            reader.Whole(Section + "hidden-size", 8),
            reader.Whole(Section + "layers", 1),
            reader.Whole(Section + "heads", 1),
            reader.Whole(Section + "key-value-heads", 1),
            reader.Whole(Section + "intermediate-size", 8),
            reader.Number(Section + "rope-theta", 1),
            reader.Whole(Section + "max-positions", 16),
            reader.Flag(Section + "tie-embeddings"),
            reader.Number(Section + "initializer-range", 1e-6, 1),
            InitialTower.Read(reader, Section + "vision."),
            InitialEars.Read(reader, Section + "audio."));
        var hidden = shape.HiddenSize;
        var heads = shape.Heads;
        if (heads > 0 && (hidden % heads != 0 || hidden / heads % 2 != 0))
        {
            reader.Refuse(Section + "heads", $"hidden-size {hidden} must divide into heads of an even size");
        }

        if (shape.Vision.Enabled && shape.Audio.Enabled)
        {
            reader.Refuse(Section + "audio.enabled", "write off: a random start either sees or hears");
        }

        if (shape.KeyValueHeads > 0 && heads % shape.KeyValueHeads != 0)
        {
            reader.Refuse(Section + "key-value-heads", $"write a divisor of heads, which is {heads}");
        }

        return shape;
    }
}
