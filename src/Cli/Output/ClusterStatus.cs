using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using Newtonsoft.Json.Linq;
using Newtonsoft.Json.Serialization;
using R1Reward.Actors.Protocol;

namespace R1Reward.Cli.Output;

/// <summary>A cluster as an operator sees it.</summary>
/// <param name="Members">Its members, as one of them sees them.</param>
/// <param name="Run">Its run, as the coordinator tells it; null where no coordinator answers.</param>
internal sealed record ClusterStatus(ClusterCommands.Members Members, RunDetails? Run)
{
    private static readonly KebabCaseNamingStrategy Names = new(
        processDictionaryKeys: true, overrideSpecifiedNames: false);

    private static readonly JsonSerializer Serializer = JsonSerializer.Create(new JsonSerializerSettings
    {
        ContractResolver = new DefaultContractResolver { NamingStrategy = Names },
        Converters = { new StringEnumConverter(Names) },
    });

    /// <summary>The status as <c>--json</c> prints it; what is not known is null.</summary>
    public string ToJson() => JObject.FromObject(this, Serializer).ToString(Formatting.Indented);
}
