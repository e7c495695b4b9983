using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace R1Reward.Policy.Models.Configuration;

/// <summary>Values in files of other programs, where only some keys are followed.</summary>
internal static class ForeignValue
{
    /// <summary>Whether a key asks for something: it is there, and neither null, false nor empty.</summary>
    internal static bool IsOn(JToken? value) => value switch
    {
        null or { Type: JTokenType.Null } => false,
        JContainer container => container.HasValues,
        { Type: JTokenType.Boolean } flag => (bool)flag,
        { Type: JTokenType.String } text => ((string)text!).Length > 0,
        _ => true,
    };

    /// <summary>A value as a message shows it: JSON on one line, long ones cut.</summary>
    internal static string Shown(JToken value)
    {
        const int longest = 60;
        var text = value.ToString(Formatting.None);
        return text.Length > longest ? text[..longest] + "..." : text;
    }
}
