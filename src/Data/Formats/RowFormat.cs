using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Options;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Formats;

/// <summary>How rows of one form are recognised and read.</summary>
/// <param name="Format">The format to whose files the form belongs.</param>
/// <param name="Fields">The fields it is recognised by, for messages.</param>
/// <param name="Matches">Whether a row has this form.</param>
/// <param name="Read">Makes the pairs of a row.</param>
internal sealed record RowFormat(
    PairFormat Format, string Fields, Func<JObject, bool> Matches, Func<DataRow, IEnumerable<PreferencePair>> Read)
{
    private const int MaxNamedFields = 12;

    /// <summary>All forms, the more special before those that would match their rows, too.</summary>
    private static readonly RowFormat[] All =
    [
        new(
            PairFormat.Pairs,
            "question, response1, response2",
            row => row.ContainsKey("response1") && row.ContainsKey("response2"),
            row => [PairRow.Read(row)]),
        new(
            PairFormat.R1Reward,
            "message, answer",
            row => row.ContainsKey("message") && row.ContainsKey("answer"),
            row => [R1RewardRow.Read(row)]),
        new(
            PairFormat.MultimodalRewardbench,
            "Text, Output1, Output2, Better",
            MultimodalRow.Matches,
            row => [MultimodalRow.Read(row)]),
        new(
            PairFormat.Judgebench,
            "question, response_A, response_B, label",
            JudgebenchRow.Matches,
            row => [JudgebenchRow.Read(row)]),
        new(
            PairFormat.VlRewardbench,
            "query, response, human_ranking",
            RankedRow.Matches,
            row => [RankedRow.Read(row)]),
        new(
            PairFormat.RmBench,
            "prompt, chosen, rejected of three texts each",
            ManyRepliesRow.IsRmBench,
            row => ManyRepliesRow.Read(row, PairFormat.RmBench)),
        new(
            PairFormat.Rewardbench2,
            "prompt, chosen, rejected as lists of texts",
            ManyRepliesRow.Matches,
            row => ManyRepliesRow.Read(row, PairFormat.Rewardbench2)),
        new(
            PairFormat.MediaPairs,
            "prompt, image_0, image_1 (or video_, audio_)",
            MediaPairRow.Matches,
            row => [MediaPairRow.Read(row)]),
        new(
            PairFormat.Mmpr,
            "image, question, chosen, rejected",
            MmprRow.Matches,
            MmprRow.Read),
        new(
            PairFormat.MmRlhf,
            "id, prompt, chosen, rejected, image or video in a folder named after a category",
            ChosenRow.IsMmRlhf,
            row => [ChosenRow.Read(row, PairFormat.MmRlhf)]),
        new(
            PairFormat.VlRewardbench,
            "id, prompt, chosen, rejected, image",
            ChosenRow.IsVlRewardbench,
            row => [ChosenRow.Read(row, PairFormat.VlRewardbench)]),
        new(
            PairFormat.Preference,
            "prompt or conversations or instruction, with chosen and rejected",
            PreferenceRow.Matches,
            row => [PreferenceRow.Read(row)]),
    ];

    /// <summary>The name of the format in configurations.</summary>
    public string Name => EnumNames.Dashed(Format);

    /// <summary>The form of a row: the first of the format that matches, else the format's last.</summary>
    /// <param name="row">The row.</param>
    /// <param name="format">The format it must belong to; <see cref="PairFormat.Auto"/> for any.</param>
    /// <exception cref="RowException">It is of no known form.</exception>
    public static RowFormat Find(JObject row, PairFormat format)
    {
        var possible = All.Where(form => format is PairFormat.Auto || form.Format == format).ToList();
        return possible.FirstOrDefault(form => form.Matches(row))
            ?? (format is PairFormat.Auto ? throw Unknown(row) : possible[^1]);
    }

    private static RowException Unknown(JObject row)
    {
        var names = row.Properties().Select(property => JsonConvert.ToString(property.Name)).ToList();
        var found = names.Count == 0 ? "none"
            : names.Count <= MaxNamedFields ? string.Join(", ", names)
            : string.Join(", ", names.Take(MaxNamedFields)) + $" and {names.Count - MaxNamedFields} more";
        var known = string.Join("; ", All.Select(form => $"{form.Name}: {form.Fields}"));
        return new RowException(
            $"the fields are none of a known format. Found: {found}. Known: {known}. Rename the fields as one of these "
            + "has them (docs/data.md)");
    }
}
