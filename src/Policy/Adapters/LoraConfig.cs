using Newtonsoft.Json.Linq;
using R1Reward.Data;

namespace R1Reward.Policy.Adapters;

/// <summary>
/// Settings of a low-rank adapter (LoRA, Hu et al. 2021): y = W x + b + scaling B (A x) with A of r rows. PEFT keeps
/// them in <c>adapter_config.json</c>.
/// </summary>
public sealed record LoraConfig
{
    internal const string FileName = "adapter_config.json";

    /// <summary>Rank r: the rows of A, the columns of B.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>Scaling is this over the rank, or over its root.</summary>
    public double Alpha { get; init; } = 16;

    /// <summary>Whether scaling divides by the root of the rank (Kalajdzievski 2023) instead of the rank.</summary>
    public bool IsRankStabilized { get; init; }

    /// <summary>Share of the inputs of A that a training step leaves out, from 0 to below 1.</summary>
    public double Dropout { get; init; }

    /// <summary>The layers that are adapted.</summary>
    public ModuleSelection Targets { get; init; } = new([], null, true);

    /// <summary>Layers that are not adapted although <see cref="Targets"/> names them.</summary>
    public ModuleSelection? Excluded { get; init; }

    /// <summary>
    /// Other ranks for layers whose name ends as a regular expression says; the first that fits counts.
    /// </summary>
    public IReadOnlyList<(string Pattern, int Value)> RankPattern { get; init; } = [];

    /// <summary>
    /// Other alphas for layers whose name ends as a regular expression says; the first that fits counts.
    /// </summary>
    public IReadOnlyList<(string Pattern, double Value)> AlphaPattern { get; init; } = [];

    /// <summary>Linear layers that are trained whole, by the last parts of their names.</summary>
    public IReadOnlyList<string> ModulesToSave { get; init; } = [];

    /// <summary>Biases that are trained.</summary>
    public LoraBias Bias { get; init; }

    /// <summary>The model that the adapter belongs to: a folder or a name on the Hub.</summary>
    public string BaseModel { get; init; } = "";

    /// <summary>
    /// The file as it was read, so that keys this program does not use survive a save; null for a fresh adapter.
    /// </summary>
    public JObject? Source { get; init; }

    /// <summary>Whether a folder holds an adapter.</summary>
    public static bool IsIn(string directory) => File.Exists(Path.Combine(directory, FileName));

    /// <summary>Reads <c>adapter_config.json</c> of an adapter folder.</summary>
    /// <exception cref="UserErrorException">
    /// It is missing or broken, or asks for what this program does not compute.
    /// </exception>
    public static LoraConfig Load(string directory) => LoraConfigFile.Load(directory);

    /// <summary>Writes <c>adapter_config.json</c> into a folder that exists.</summary>
    public void Save(string directory) => LoraConfigFile.Save(this, directory);

    /// <summary>What B (A x) is multiplied by: alpha over the rank or its root.</summary>
    internal double Scaling(int rank, double alpha) => alpha / (IsRankStabilized ? Math.Sqrt(rank) : rank);
}
