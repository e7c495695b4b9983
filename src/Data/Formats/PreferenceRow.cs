using Newtonsoft.Json.Linq;
using R1Reward.Data.Media;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Formats;

/// <summary>
/// A preferred and a rejected reply as trainers take them: TRL (texts or conversations, with the prompt or with it
/// inside the replies), LLaMA-Factory (<c>conversations</c>, or <c>instruction</c> and <c>input</c>), ms-swift
/// (<c>messages</c>, <c>rejected_response</c>) and Anthropic's dialogues. The preferred reply comes first, as in the
/// file; apply an order before judging.
/// </summary>
internal static class PreferenceRow
{
    private const string Source = "preference";
    private const string DialogueReply = "\n\nAssistant:";

    public static bool Matches(JObject row) =>
        (row.ContainsKey("chosen") && row.ContainsKey("rejected"))
        || (row.ContainsKey("messages") && row.ContainsKey("rejected_response"))
        || (row.ContainsKey("instruction") && row["output"] is JArray { Count: 2 });

    public static PreferencePair Read(DataRow row)
    {
        var prompt = Prompt(row);
        var (chosen, rejected) = Replies(row, prompt);
        var shared = SharedTurns(chosen, rejected);
        if (shared == 0 && prompt.Count == 0 && chosen is [{ } one] && rejected is [{ } other])
        {
            (prompt, chosen, rejected) = Dialogue(one.Text, other.Text);
        }

        var beginning = chosen.Take(shared).ToList();
        prompt = StartsWith(beginning, prompt) ? beginning : [.. prompt, .. beginning];
        var first = Reply(chosen.Skip(shared), "chosen");
        var second = Reply(rejected.Skip(shared), "rejected");
        if (row.OptionalText("system") is { Length: > 0 } system)
        {
            prompt = WithSystem(prompt, system);
        }

        IReadOnlyList<MediaItem> media = [.. prompt.SelectMany(turn => turn.Media), .. row.Media()];
        var question = ChatTurn.Transcript(prompt);
        string[] content = [question, first, second, .. media.Select(item => item.Path)];
        return new PreferencePair
        {
            Id = new PairId($"{Source}-{row.Index:D6}-{ContentHash.Compute(content)}"),
            Question = MediaMarkers.Remove(question, media),
            Response1 = first,
            Response2 = second,
            Media = media,
            Label = PreferenceLabel.First,
            Source = Source,
            Group = "prompt-" + ContentHash.Compute([question, .. media.Select(item => item.Path)]),
            Category = Category(row),
            OriginalId = row.OptionalName("id"),
        };
    }

    private static string? Category(DataRow row) =>
        row["subset"] is JValue { Value: string subset } ? subset
        : row["category"] is JValue { Value: string category } ? category
        : null;

    private static IReadOnlyList<ChatTurn> Prompt(DataRow row)
    {
        List<ChatTurn> turns = [];
        foreach (var exchange in row.OptionalList("history") ?? [])
        {
            turns.AddRange(exchange is JArray { Count: 2 } both && both.All(side => side is JValue { Value: string })
                ? [ChatTurn.User((string)both[0]!), ChatTurn.Assistant((string)both[1]!)]
                : throw new RowException("an item of \"history\" is no pair of texts; give [question, reply]"));
        }

        string[] names = ["prompt", "question", "instruction", "query", "conversations"];
        var field = names.FirstOrDefault(row.Holds);
        if (row["chosen"] is JArray)
        {
            // A copy of the preferred conversation, in UltraFeedback and what follows its form.
            _ = row["messages"];
        }
        else if (field is null && !row.Holds("rejected_response") && row.Holds("messages"))
        {
            field = "messages";
        }

        if (field is null)
        {
            return turns;
        }

        var input = field == "instruction" ? row.OptionalText("input") : null;
        turns.AddRange(row[field] is JValue { Value: string text }
            ? [ChatTurn.User(string.IsNullOrEmpty(input) ? text : $"{text}\n{input}")]
            : ChatTurn.ReadAll(row[field]!, field));
        return turns;
    }

    private static (IReadOnlyList<ChatTurn> Chosen, IReadOnlyList<ChatTurn> Rejected) Replies(
        DataRow row, IReadOnlyList<ChatTurn> prompt)
    {
        if (row.Holds("rejected_response"))
        {
            var messages = ChatTurn.ReadAll(row["messages"] ?? new JArray(), "messages");
            return messages is [.., { Role: "assistant" }]
                ? (messages, [.. messages.SkipLast(1), ChatTurn.Assistant(row.Text("rejected_response"))])
                : throw new RowException(
                    "\"messages\" does not end with an assistant's turn, which is the chosen reply");
        }

        if (row["output"] is JArray { Count: 2 } && !row.Holds("chosen"))
        {
            var texts = row.Texts("output");
            return ([ChatTurn.Assistant(texts[0])], [ChatTurn.Assistant(texts[1])]);
        }

        return (Turns(row, "chosen"), Turns(row, "rejected"));
    }

    private static IReadOnlyList<ChatTurn> Turns(DataRow row, string field) => row[field] switch
    {
        JValue { Value: string text } => [ChatTurn.Assistant(text)],
        JArray { Count: > 0 } or JObject => ChatTurn.ReadAll(row[field]!, field),
        _ => throw new RowException($"field \"{field}\" is missing; give it as a string or a list of turns"),
    };

    /// <summary>How many turns both begin with, of which each keeps at least its last.</summary>
    private static int SharedTurns(IReadOnlyList<ChatTurn> chosen, IReadOnlyList<ChatTurn> rejected)
    {
        var longest = Math.Min(chosen.Count, rejected.Count) - 1;
        var shared = 0;
        while (shared < longest && chosen[shared].SaysSame(rejected[shared]))
        {
            shared++;
        }

        return shared;
    }

    private static IReadOnlyList<ChatTurn> WithSystem(IReadOnlyList<ChatTurn> prompt, string system) => prompt switch
    {
        [{ Role: "system" } given, ..] when given.Text == system => prompt,
        [{ Role: "system" }, ..] => throw new RowException(
            "field \"system\" and the system turn of the conversation differ; keep one of them"),
        _ => [new ChatTurn("system", system, []), .. prompt],
    };

    private static bool StartsWith(IEnumerable<ChatTurn> turns, IReadOnlyList<ChatTurn> start)
    {
        var first = turns.Take(start.Count).ToList();
        return first.Count == start.Count && first.Zip(start).All(both => both.First.SaysSame(both.Second));
    }

    private static string Reply(IEnumerable<ChatTurn> turns, string field) => turns.ToList() switch
    {
        [{ Role: "assistant", Media.Count: 0 } reply] => reply.Text,
        [{ Media.Count: > 0 }] => throw new RowException(
            $"the reply in \"{field}\" holds a picture, video or sound; only questions can"),
        var other => throw new RowException(
            $"\"{field}\" has {other.Count} turns after those that both share, the first of {other[0].Role}; "
            + "give one reply of the assistant"),
    };

    /// <summary>Two dialogues that are one text each and part at the last reply, as in Anthropic's HH-RLHF.</summary>
    private static (IReadOnlyList<ChatTurn> Prompt, IReadOnlyList<ChatTurn> Chosen, IReadOnlyList<ChatTurn> Rejected)
        Dialogue(string chosen, string rejected)
    {
        var end = chosen.LastIndexOf(DialogueReply, StringComparison.Ordinal);
        if (end < 0 || !rejected.StartsWith(chosen[..(end + DialogueReply.Length)], StringComparison.Ordinal))
        {
            throw new RowException(
                "the row has no prompt (prompt, question, instruction or conversations), and its replies share no "
                + "beginning that could be one");
        }

        var reply = end + DialogueReply.Length;
        return (
            [ChatTurn.User(chosen[..end].Trim())],
            [ChatTurn.Assistant(chosen[reply..].Trim())],
            [ChatTurn.Assistant(rejected[reply..].Trim())]);
    }
}
