using Newtonsoft.Json.Linq;
using R1Reward.Rewards.Http;

namespace R1Reward.Rewards.Serving;

/// <summary>
/// The fields of reward requests by name, in the spellings of R1-Reward, OpenRLHF, LightRFT, verl and Flow-Factory. A
/// field that is not here is refused, since it could be meant to change the reward. docs/serving.md has the table too.
/// </summary>
internal static class RewardFields
{
    /// <summary>The sequences of <c>/get_reward*</c>, or the replies alone: one field with several names.</summary>
    public static readonly IReadOnlyList<string> Sequences = ["query", "queries", "solution_strs"];

    /// <summary>The accepted answers of <c>/get_reward*</c>: one field with several names.</summary>
    public static readonly IReadOnlyList<string> References = ["references", "labels", "ground_truths"];

    /// <summary>What is read of <c>/get_reward*</c>.</summary>
    public static readonly IReadOnlyList<string> ForSequences = [.. Sequences, "prompts", .. References, "images"];

    /// <summary>What is read of <c>/compute</c>.</summary>
    public static readonly IReadOnlyList<string> ForCompute =
        ["prompt", "image", "video", "condition_images", "condition_videos", "extra"];

    /// <summary>What is read of the field <c>extra</c> of <c>/compute</c>.</summary>
    public static readonly IReadOnlyList<string> ForExtra = ["response", "reference"];

    /// <summary>What changes no reward, whatever it holds.</summary>
    public static readonly IReadOnlyList<string> Harmless =
        ["data_sources", "extra_infos", "model", "user", "metadata", "request_id"];

    /// <summary>Refuses an object with a field that is not known; null counts as left out.</summary>
    /// <param name="holder">The body, or an object in it.</param>
    /// <param name="served">The fields that are read.</param>
    /// <param name="place">What stands before the names: <c>extra.</c></param>
    /// <exception cref="RefusedException">400 with the name of the field.</exception>
    public static void Check(JObject holder, IReadOnlyList<string> served, string place = "")
    {
        foreach (var (name, value) in holder)
        {
            if (value is { Type: not JTokenType.Null } && !served.Contains(name) && !Harmless.Contains(name))
            {
                throw new RefusedException(
                    400,
                    $"{place}{ErrorText.Name(name)} is not known to this server and could change the reward: "
                    + $"leave it out; read are {string.Join(", ", served)}");
            }
        }
    }

    /// <summary>Which of a field's names a body uses; the first where it uses none.</summary>
    /// <exception cref="RefusedException">It uses two.</exception>
    public static string NameIn(JObject body, IReadOnlyList<string> names)
    {
        string[] used = [.. names.Where(name => body[name] is { Type: not JTokenType.Null })];
        return used.Length <= 1
            ? used.FirstOrDefault(names[0])
            : throw new RefusedException(400, $"{used[0]} and {used[1]} are two names of one field: send one of them");
    }
}
