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

    /// <summary>How pairs are put to the model.</summary>
    public required PromptTemplate Template { get; init; }

    /// <summary>How control tokens in questions and responses are read.</summary>
    public required UntrustedText UntrustedText { get; init; }

    /// <summary>The adapter that is trained; null: all weights are.</summary>
    public required LoraConfig? Lora { get; init; }

    /// <summary>Position of the first text token after a video.</summary>
    public required PositionRule PositionRule { get; init; }

    /// <summary>How pictures and videos are prepared for the model.</summary>
    public required MediaSettings Media { get; init; }

    /// <summary>What a judge must know about the model that a run trains.</summary>
    public ModelCard ToCard() => new(Template.Id, PositionRule)
    {
        TemplateText = Template.Source,
        Limits = Media.Limits,
        Colours = Media.Decoding.Colours,
    };

    /// <summary>Reads the keys under <c>r1reward.model</c>.</summary>
    public static ModelSettings Read(SettingsReader reader)
    {
        var settings = new ModelSettings
        {
            Path = reader.File("r1reward.model.path"),
            Init = InitialShape.Read(reader),
            TokenizerPath = reader.File("r1reward.model.tokenizer.path"),
            Vocabulary = reader.Whole("r1reward.model.tokenizer.vocabulary", 260, 1_000_000),
            Template = TemplateFile.Read(reader),
            UntrustedText = reader.OneOf<UntrustedText>("r1reward.model.untrusted-text"),
            Media = MediaSettings.Read(reader),
            Lora = LoraSettings.Read(reader),
            PositionRule = reader.OneOf<PositionRule>("r1reward.model.position-rule"),
        };
        var config = System.IO.Path.Combine(settings.Path, "config.json");
        if (settings.Path.Length > 0 && !File.Exists(config))
        {
            reader.Refuse("r1reward.model.path", LoraConfig.IsIn(settings.Path)
                ? $"{settings.Path} holds an adapter; merge it into its model first: r1reward model merge"
                : $"there is no {config}; name a Hugging Face model folder");
        }

        if (settings.TokenizerPath.Length > 0 && !Tokenizer.Exists(settings.TokenizerPath))
        {
            reader.Refuse(
                "r1reward.model.tokenizer.path",
                $"there is no tokenizer.json, nor vocab.json with merges.txt, in {settings.TokenizerPath}; name a " +
                "folder that has them");
        }

        return settings;
    }
}
