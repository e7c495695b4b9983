using System.CommandLine;
using R1Reward.Data;
using R1Reward.Data.Media.Fetching;
using R1Reward.Data.Prompts;

namespace R1Reward.Cli.Running;

/// <summary>Which model judges, and how it is asked.</summary>
/// <param name="Model">Folder of a model, or of an adapter that names its model.</param>
/// <param name="Template">Prompt template; null: the one that the model was trained with.</param>
/// <param name="Device">auto, cpu or cuda:N.</param>
/// <param name="DType">auto, float32, bfloat16 or float16.</param>
/// <param name="Untrusted">How control tokens in questions and responses are read.</param>
/// <param name="Adapter">Folder of an adapter of the model; null: none.</param>
/// <param name="MaxPixels">
/// Maximum number of pixels of a picture or frame after resizing; null: as in training, else as the folder says.
/// </param>
/// <param name="CacheGiB">Maximum memory of keys and values, in GiB.</param>
/// <param name="Fetch">Limits of pictures at http and https addresses; null: they are not fetched.</param>
internal sealed record JudgeModelOptions(
    string Model,
    string? Template,
    string Device,
    string DType,
    UntrustedText Untrusted = UntrustedText.Sanitized,
    string? Adapter = null,
    int? MaxPixels = null,
    double CacheGiB = 8,
    FetchOptions? Fetch = null)
{
    private static readonly Option<string> ModelOption = new("--model")
    {
        Description = "folder of a model, or of an adapter that names its model",
        Required = true,
        HelpName = "DIR",
    };
    private static readonly Option<string?> AdapterOption = new("--adapter")
    {
        Description = "folder of a LoRA adapter of the model, as PEFT writes it",
        HelpName = "DIR",
    };
    private static readonly Option<string?> TemplateOption = new("--template")
    {
        Description = string.Join(
            ", ",
            PromptTemplate.All.Select(
                template => template.Id)) + ", or a file of your own; without it the one that the model was trained "
            + "with, else r1-pairwise",
        HelpName = "NAME",
    };
    private static readonly Option<string> DeviceOption = new("--device")
    {
        Description = "auto, cpu or cuda:N",
        HelpName = "NAME",
        DefaultValueFactory = _ => "auto",
    };
    private static readonly Option<string> DTypeOption = new("--dtype")
    {
        Description = "auto, float32, bfloat16, or float16 on a GPU",
        HelpName = "NAME",
        DefaultValueFactory = _ => "auto",
    };
    private static readonly Option<double> CacheOption = new("--cache-gib")
    {
        Description = "most memory of keys and values in GiB; where it is short fewer samples are drawn together",
        HelpName = "N",
        DefaultValueFactory = _ => 8,
    };
    private static readonly Option<UntrustedText> UntrustedOption = new("--untrusted-text")
    {
        Description = "control tokens in questions and responses: sanitized (plain text) or published (control tokens)",
        DefaultValueFactory = _ => UntrustedText.Sanitized,
    };

    private static readonly Option<int?> MaxPixelsOption = new("--max-pixels")
    {
        Description = "most pixels of a picture or video frame after resizing, 784 to a token; without it as in "
            + "training, else as the model's folder says",
        HelpName = "N",
    };

    private static readonly Option<bool> FetchOption = new("--fetch")
    {
        Description = "fetch pictures at http and https addresses, never from private networks",
    };

    /// <summary>How a model is loaded and asked, once it is named.</summary>
    public static IReadOnlyList<Option> OfModel { get; } =
    [
        AdapterOption, TemplateOption, MaxPixelsOption, DeviceOption, DTypeOption, CacheOption, UntrustedOption,
        FetchOption,
    ];

    /// <summary>
    /// Adds the options to a command; without those of template and pictures where the client writes the prompts, and
    /// with the command's own option for the model where it needs none.
    /// </summary>
    public static void AddTo(Command command, bool template = true, Option<string?>? model = null)
    {
        command.Options.Add(model ?? (Option)ModelOption);
        foreach (var option in OfModel.Where(
            option => template || (option != TemplateOption && option != MaxPixelsOption)))
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Reads the options from a parsed command line.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="model">The model, where the command has its own option for it.</param>
    /// <exception cref="UserErrorException">The memory is not a number above zero.</exception>
    public static JudgeModelOptions Read(ParseResult parsed, string? model = null) =>
        parsed.GetValue(CacheOption) is not (> 0 and < 1e6)
        ? throw new UserErrorException("--cache-gib: write a number of GiB above zero, for example 8.")
        : new(
            model ?? parsed.GetValue(ModelOption)!,
            parsed.GetValue(TemplateOption),
            parsed.GetValue(DeviceOption)!,
            parsed.GetValue(DTypeOption)!,
            parsed.GetValue(UntrustedOption),
            parsed.GetValue(AdapterOption),
            parsed.GetValue(MaxPixelsOption),
            parsed.GetValue(CacheOption),
            parsed.GetValue(FetchOption) ? new FetchOptions() : null);
}
