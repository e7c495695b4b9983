using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Judging;
using R1Reward.Data.Media;
using R1Reward.Data.Pairs;
using R1Reward.Data.Prompts;
using R1Reward.Data.Text;

namespace R1Reward.Data.Formats;

/// <summary>
/// R1-Reward's training row: <c>message</c> is a JSON string of a chat, <c>answer</c> a list of accepted
/// answers. Reading takes the judging prompt apart again, so its text must be that of a known template; media parts may
/// stand before or after the text.
/// </summary>
public static class R1RewardRow
{
    private const string Source = "r1-reward";

    /// <summary>The row of a labelled pair; a tie accepts both answers.</summary>
    /// <exception cref="UserErrorException">The pair has no label.</exception>
    public static JObject Write(PreferencePair pair, PromptTemplate template)
    {
        var parts = new JArray(new JObject { ["type"] = "text", ["text"] = template.Fill(pair) });
        foreach (var item in pair.Media)
        {
            var kind = item.Kind.ToString().ToLowerInvariant();
            parts.Add(new JObject { ["type"] = kind, [kind] = item.Path });
        }

        if (pair.AnswersWithMedia())
        {
            throw new UserErrorException(
                $"pair {pair.Id}: its responses are media, which R1-Reward's format cannot hold; leave it out");
        }

        string[] answers = pair.Label switch
        {
            PreferenceLabel.First => ["<answer>1</answer>"],
            PreferenceLabel.Second => ["<answer>2</answer>"],
            PreferenceLabel.Tie => ["<answer>1</answer>", "<answer>2</answer>"],
            _ => throw new UserErrorException(
                    $"pair {pair.Id} has no label, which R1-Reward's format needs; label it or leave it out"),
        };
        return new JObject
        {
            ["message"] = new JArray(new JObject { ["role"] = "user", ["content"] = parts }).ToString(Formatting.None),
            ["question"] = pair.Question,
            ["answer"] = new JArray(answers),
        };
    }

    /// <summary>
    /// The question and responses in a <c>message</c>, without its media, whose paths are not to be trusted where the
    /// message comes from another machine; null where it is no chat, or follows no known template.
    /// </summary>
    public static PreferencePair? FromMessage(string message)
    {
        try
        {
            var (question, first, second) = Split(UserTurn(message, _ => { }).Text);
            return new PreferencePair
            {
                Id = new PairId($"message-{ContentHash.Compute([question, first, second])}"),
                Question = question,
                Response1 = first,
                Response2 = second,
            };
        }
        catch (RowException)
        {
            return null;
        }
    }

    internal static PreferencePair Read(DataRow row)
    {
        var (text, inMessage) = UserTurn(row.Text("message"), row.Ignore);
        IReadOnlyList<MediaItem> media = inMessage.Count > 0 ? inMessage : row.Media();
        var (question, first, second) = Split(text);

        // Informative only: the message holds the question, too.
        _ = row["question"];
        var paths = media.Select(item => item.Path).ToList();
        return new PreferencePair
        {
            Id = new PairId($"{Source}-{row.Index:D6}-{ContentHash.Compute([question, first, second, .. paths])}"),
            Question = question,
            Response1 = first,
            Response2 = second,
            Media = media,
            Label = Label(
                row.OptionalList("answer")
                    ?? throw new RowException("field \"answer\" is missing; give a list of accepted answers")),
            Source = Source,
            Group = "prompt-" + ContentHash.Compute([question, .. paths]),
        };
    }

    private static (string Text, IReadOnlyList<MediaItem> Media) UserTurn(string message, Action<string> ignore)
    {
        JToken chat;
        try
        {
            chat = JsonText.Parse(message);
        }
        catch (JsonException error)
        {
            throw new RowException(
                $"field \"message\" does not hold valid JSON ({error.Message.TrimEnd('.')}); give a chat as a JSON "
                + "string");
        }

        var turns = (chat as JArray)?.OfType<JObject>().ToList() ?? [];
        var user = turns.FirstOrDefault(turn => turn["role"] is JValue { Value: "user" });
        foreach (var turn in turns.Where(turn => turn != user))
        {
            ignore($"message.{turn["role"]}");
        }

        switch (user?["content"])
        {
            case JValue { Value: string text }:
                return (text, []);
            case JArray parts:
                var media = new List<MediaItem>();
                return (string.Concat(parts.OfType<JObject>().Select(part => Part(part, media, ignore))), media);
            default:
                throw new RowException(
                    "field \"message\" has no user turn with content; give [{\"role\":\"user\",\"content\":[...]}]");
        }
    }

    private static string Part(JObject part, List<MediaItem> media, Action<string> ignore)
    {
        var read = new HashSet<string> { "type", "text" };
        foreach (var kind in Enum.GetValues<MediaKind>())
        {
            var field = kind.ToString().ToLowerInvariant();
            foreach (var place in (string[])[field, field + "_url"])
            {
                media.AddRange(MediaToken.Read(part[place], kind, $"{place} in \"message\""));
                read.Add(place);
            }
        }

        foreach (var property in part.Properties().Where(property => !read.Contains(property.Name)))
        {
            ignore($"message.{property.Name}");
        }

        return part.OptionalText("text") ?? "";
    }

    private static (string Question, string First, string Second) Split(string text)
    {
        foreach (var template in PromptTemplate.All)
        {
            if (template.TryParse(text, out var question, out var first, out var second))
            {
                return (question, first, second);
            }
        }

        throw new RowException(
            "the text of \"message\" follows no known template "
                + $"({string.Join(", ", PromptTemplate.All.Select(template => template.Id))}); use one of them or the "
                + "pairs format");
    }

    private static PreferenceLabel Label(JArray answers)
    {
        var choices = answers
            .Select(answer => answer is JValue { Value: string text } ? JudgmentParser.Accepted(text) : null)
            .Distinct()
            .ToArray();
        return choices switch
        {
            [Choice.First] => PreferenceLabel.First,
            [Choice.Second] => PreferenceLabel.Second,
            [Choice.First, Choice.Second] or [Choice.Second, Choice.First] => PreferenceLabel.Tie,
            _ => throw new RowException(
                    $"field \"answer\" is {answers.ToString(Formatting.None)}; give [\"<answer>1</answer>\"] or "
                    + "[\"<answer>2</answer>\"]"),
        };
    }
}
