using R1Reward.Data.Prompts;
using R1Reward.Policy.Adapters;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Models.Vision;
using R1Reward.Policy.Tokenization;

namespace R1Reward.Actors.Configuration.Settings;

/// <summary>The model that a run starts from.</summary>
public sealed record ModelSettings
{
    /// <summary>A Hugging Face model folder; empty: a random start.</summary>
    public required string Path { get; init; }

    /// <summary>Shape of a random start.</summary>
    public required InitialShape Init { get; init; }

    /// <summary>A folder with the files of a tokenizer; empty: the model's own, or a trained one.</summary>
    public required string TokenizerPath { get; init; }

    /// <summary>Entries of a trained vocabulary.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>Prompt template by its id.</summary>
    public required string Template { get; init; }

    /// <summary>How control tokens in questions and responses are read.</summary>
    public required UntrustedText UntrustedText { get; init; }

    /// <summary>The adapter that is trained; null: all weights are.</summary>
    public required LoraConfig? Lora { get; init; }

    /// <summary>Where text goes on after a video.</summary>
    public required PositionRule PositionRule { get; init; }

    /// <summary><c>r1reward.model.media</c>.</summary>
    public required MediaSettings Media { get; init; }

    /// <summary>What a judge must know about the model that a run trains.</summary>
    public ModelCard ToCard() => new(Template, PositionRule)
    {
        Limits = Media.Limits,
        Colours = Media.Decoding.Colours,
    };

    /// <summary>Reads <c>r1reward.model</c>.</summary>
    public static ModelSettings Read(SettingsReader reader)
    {
        const string init = "r1reward.model.init.";
        var settings = new ModelSettings
        {
            Path = reader.File("r1reward.model.path"),
            Init = new InitialShape(
                reader.Whole(init + "hidden-size", 8),
                reader.Whole(init + "layers", 1),
                reader.Whole(init + "heads", 1),
                reader.Whole(init + "key-value-heads", 1),
                reader.Whole(init + "intermediate-size", 8),
                reader.Number(init + "rope-theta", 1),
                reader.Whole(init + "max-positions", 16),
                reader.Flag(init + "tie-embeddings"),
                reader.Number(init + "initializer-range", 1e-6, 1),
                InitialTower.Read(reader, init + "vision.")),
            TokenizerPath = reader.File("r1reward.model.tokenizer.path"),
            Vocabulary = reader.Whole("r1reward.model.tokenizer.vocabulary", 260, 1_000_000),
            Template = reader.OneOf("r1reward.model.template", PromptTemplate.All.ToDictionary(template => template.Id, template => template.Id)),
            UntrustedText = reader.OneOf<UntrustedText>("r1reward.model.untrusted-text"),
            Media = MediaSettings.Read(reader),
            Lora = LoraSettings.Read(reader),
            PositionRule = reader.OneOf<PositionRule>("r1reward.model.position-rule"),
        };
        if (settings.Path.Length > 0 && !File.Exists(System.IO.Path.Combine(settings.Path, "config.json")))
        {
            reader.Refuse("r1reward.model.path", LoraConfig.IsIn(settings.Path)
                ? $"{settings.Path} holds an adapter; merge it into its model first: r1reward model merge"
                : $"there is no {System.IO.Path.Combine(settings.Path, "config.json")}; name a Hugging Face model folder");
        }

        if (settings.TokenizerPath.Length > 0 && !Tokenizer.Exists(settings.TokenizerPath))
        {
            reader.Refuse("r1reward.model.tokenizer.path", $"there is no tokenizer.json, nor vocab.json with merges.txt, in {settings.TokenizerPath}; name a folder that has them");
        }

        var (hidden, heads, kv) = (settings.Init.HiddenSize, settings.Init.Heads, settings.Init.KeyValueHeads);
        if (heads > 0 && (hidden % heads != 0 || hidden / heads % 2 != 0))
        {
            reader.Refuse(init + "heads", $"hidden-size {hidden} must divide into heads of an even size");
        }

        if (kv > 0 && heads % kv != 0)
        {
            reader.Refuse(init + "key-value-heads", $"write a divisor of heads, which is {heads}");
        }

        return settings;
    }
}

/// <summary>Shape of a model with a random start, as in a Hugging Face config.json.</summary>
public sealed record InitialShape(
    int HiddenSize, int Layers, int Heads, int KeyValueHeads, int IntermediateSize, double RopeTheta, int MaxPositions, bool TieEmbeddings, double InitializerRange, InitialTower Vision);
