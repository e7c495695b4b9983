using R1Reward.Data.Media;
using R1Reward.Data.Pairs;
using R1Reward.Data.Prompts;

namespace R1Reward.Data.Handlers;

/// <summary>Comparisons as the conversations of LightRFT's loaders.</summary>
public static class ComparisonMessages
{
    private const string PromptPlace = "{prompt}";

    /// <summary>The conversation with one candidate that a scalar model scores.</summary>
    /// <param name="comparison">The item.</param>
    /// <param name="second">Whether it is about the second candidate.</param>
    /// <param name="instruction">The system's turn; <c>{prompt}</c> stands for the request.</param>
    public static IReadOnlyList<ChatMessage> Scalar(Comparison comparison, bool second, string instruction)
    {
        var medium = (second ? comparison.Second : comparison.First).Item;
        var content = new List<ContentPart>();
        if (IsOmni(comparison) && medium.Kind != MediaKind.Image)
        {
            content.Add(Trusted(
                $"Please evaluate the following {NameOf(medium)} based on the given task instruction."));
        }

        if (comparison.Start is { } start)
        {
            content.Add(new MediaPart(start.Item));
        }

        content.Add(new MediaPart(medium));
        return [System(comparison, instruction), new ChatMessage("user", content)];
    }

    /// <summary>The conversation with both candidates that a judge reads.</summary>
    /// <param name="comparison">The item.</param>
    /// <param name="use">Supervised training, which adds the judgment to imitate, or reinforcement learning.</param>
    /// <param name="instruction">The system's turn; <c>{prompt}</c> stands for the request.</param>
    public static IReadOnlyList<ChatMessage> Pair(Comparison comparison, ExampleUse use, string instruction)
    {
        var messages = new List<ChatMessage> { System(comparison, instruction) };
        if (IsOmni(comparison) && comparison is { Criteria: { } criteria, First.Item.Kind: MediaKind.Image })
        {
            messages.Add(new ChatMessage(
                "system",
                [
                    Trusted("Please give your evaluation considering the following criteria: "),
                    new TextPart(criteria),
                    Trusted("."),
                ]));
        }

        ContentPart[] first = Candidate(comparison.First.Item, 1, Caption(comparison, use));
        ContentPart[] second = Candidate(comparison.Second.Item, 2, Caption(comparison, use));
        if (IsOneTurn(comparison))
        {
            ContentPart[] start = comparison.Start is { } picture
                ? [Trusted("Reference Image:"), new MediaPart(picture.Item)]
                : [];
            messages.Add(new ChatMessage("user", [.. start, .. first, .. second]));
        }
        else
        {
            messages.Add(new ChatMessage("user", first));
            messages.Add(new ChatMessage("user", second));
        }

        if (use == ExampleUse.Judgment && ReplyOf(comparison) is { } reply)
        {
            messages.Add(new ChatMessage("assistant", reply));
        }

        return messages;
    }

    /// <summary>
    /// The judgment to imitate: the set's own, or the bare answer of a labelled pair; null where unknown.
    /// </summary>
    public static string? ReplyOf(Comparison comparison)
    {
        if (comparison.Reply is not null || comparison.Source != "hpdv3")
        {
            return comparison.Reply;
        }

        var number = comparison.Labels[PreferencePair.PreferenceHead] == PreferenceLabel.First ? 1 : 2;
        return $"<answer>Image {number} is better</answer>";
    }

    private static bool IsOmni(Comparison comparison) =>
        comparison.Source.StartsWith("omnirewardbench", StringComparison.Ordinal);

    private static bool IsOneTurn(Comparison comparison) =>
        comparison.Source is "rapidata-t2v" or "rapidata-i2v" or "videodpo";

    private static ChatMessage System(Comparison comparison, string instruction)
    {
        // The set's own instruction names the request already.
        if (comparison.Source == "imagegen-cot-reward-5k")
        {
            return new ChatMessage("system", comparison.Prompt);
        }

        var parts = instruction.Split(PromptPlace);
        var content = parts.SelectMany((part, index) => index == 0
            ? (ContentPart[])[Trusted(part)]
            : [new TextPart(comparison.Prompt), Trusted(part)]);
        return new ChatMessage("system", [.. content.Where(part => part is not TextPart { Text.Length: 0 })]);
    }

    // Sets that came later to the published loaders are captioned in bold.
    private static Func<string, int, string> Caption(Comparison comparison, ExampleUse use)
    {
        var isOrdinal = comparison.Source is "rapidata-t2v" or "rapidata-i2v" or "videodpo" or "videogen-rewardbench"
            || (comparison.Source == "hpdv3" && use == ExampleUse.Reinforcement);
        return isOrdinal
            ? (name, number) => $"The following is the {(number == 1 ? "first" : "second")} {name}."
            : (name, number) => $"**{char.ToUpperInvariant(name[0])}{name[1..]} {number}:**";
    }

    private static ContentPart[] Candidate(MediaItem medium, int number, Func<string, int, string> caption) =>
        [Trusted(caption(NameOf(medium), number)), new MediaPart(medium)];

    private static string NameOf(MediaItem medium) => medium.Kind.ToString().ToLowerInvariant();

    private static TextPart Trusted(string text) => new(text, IsTrusted: true);
}
