using System.Security.Cryptography;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Handlers;
using R1Reward.Data.Media;
using R1Reward.Data.Pairs;
using R1Reward.Data.Prompts;
using R1Reward.Tests.Support;

namespace R1Reward.Reference.Tests.Datasets;

/// <summary>The published loaders over small files of each set: what they show, and what they tell of it.</summary>
public sealed class HandlerTests
{
    [ReferenceTheory("rl-and-rewards", "lightrft_data_*")]
    public void Items_messages_and_labels_are_those_of_the_published_loader(string @case)
    {
        var json = JObject.Parse(File.ReadAllText(Fixtures.Path("rl-and-rewards", @case + ".json")));
        if (json["runs"] is { } runs)
        {
            Assert.All(runs, run => Assert.NotNull(DatasetHandlers.Find((string)run["source"]!)));
            return;
        }

        var source = (string)json["source"]!;
        var root = Fixtures.Path("rl-and-rewards", "handlers");
        var path = Path.GetFullPath((string)json["path"]!, Fixtures.Path("rl-and-rewards"));
        var address = Assert.Single(DatasetAddress.Parse($"{source}:{path}"));
        var rows = DatasetHandlers.Find(address.Source)!.Read(address.Path).ToList();
        Assert.All(rows, row => Assert.Null(row.Problem));
        var items = rows.SelectMany(row => row.Comparisons).ToList();
        Assert.Equal((int)json["count"]!, items.Count);
        foreach (var (item, expected) in items.Zip(json["items"]!))
        {
            CheckMedia(item, (JObject)expected["media"]!, root);
            foreach (var variant in expected["variants"]!)
            {
                var order = (string)variant["order"]!;
                Assert.Equal(item.IsExchangeable, order != "fixed");
                CheckVariant(order == "swapped" ? item.Exchanged() : item, item, variant, json, root);
            }
        }
    }

    private static void CheckVariant(
        Comparison item, Comparison stored, JToken variant, JObject json, string root)
    {
        var trainer = (string)json["trainer"]!;
        var given = json["config"]!["task_instruction"]!;
        var instruction = given is JObject byTask ? (string)byTask[item.Task]! : (string)given!;
        string Shown(IReadOnlyList<ChatMessage> messages) =>
            new JArray(messages.Select(message => Turn(message, stored, json["config"]!))).ToString();
        if (trainer.StartsWith("srm", StringComparison.Ordinal))
        {
            Assert.Equal(Normal(variant["messages0"]!), Shown(ComparisonMessages.Scalar(item, false, instruction)));
            Assert.Equal(Normal(variant["messages1"]!), Shown(ComparisonMessages.Scalar(item, true, instruction)));
        }
        else
        {
            var use = trainer == "grm" ? ExampleUse.Judgment : ExampleUse.Reinforcement;
            Assert.Equal(Normal(variant["messages"]!), Shown(ComparisonMessages.Pair(item, use, instruction)));
        }

        CheckMeta(item, stored, (JObject)variant["meta"]!, root);
    }

    private static void CheckMeta(Comparison item, Comparison stored, JObject expected, string root)
    {
        var told = (JObject)Relative(item.Meta, stored, root);
        foreach (var (key, value) in expected)
        {
            switch (key)
            {
                case "preference":
                    Assert.Equal((string?)value, Letter(item.Labels[PreferencePair.PreferenceHead]));
                    break;
                case "response":
                    Assert.Equal((string?)value, ComparisonMessages.ReplyOf(item));
                    break;

                // The published loader has one recipe for all of them.
                case "reward_rule_label":
                    break;
                default:
                    Assert.True(JToken.DeepEquals(value, told[key]), $"{key}: {value}, told {told[key]}");
                    break;
            }
        }

        foreach (var (aspect, label) in item.Labels.Where(one => one.Key != PreferencePair.PreferenceHead))
        {
            Assert.Equal((string?)expected[aspect + "_label"], Letter(label));
        }
    }

    private static void CheckMedia(Comparison item, JObject expected, string root)
    {
        ComparedMedium?[] media = [item.First, item.Second, item.Start];
        Assert.Equal(
            expected.Properties().Select(one => one.Name).Order(),
            media.OfType<ComparedMedium>().Select(one => one.Name).Order());
        foreach (var medium in media.OfType<ComparedMedium>())
        {
            var (form, value) = expected[medium.Name]!.ToObject<Dictionary<string, JToken>>()!.Single();
            if (form.EndsWith("_bytes", StringComparison.Ordinal))
            {
                Assert.True(DataUri.TryDecode(medium.Item.Path, out var file));
                Assert.Equal((int)value["length"]!, file.Length);
                Assert.Equal((string?)value["sha256"], Convert.ToHexStringLower(SHA256.HashData(file)));
            }
            else
            {
                Assert.Equal((string?)value, Path.GetRelativePath(root, medium.Item.Path));
            }
        }
    }

    // The published parts carry the loader's settings, which are the processor's here.
    private static JObject Turn(ChatMessage message, Comparison stored, JToken config) => new()
    {
        ["role"] = message.Role,
        ["content"] = new JArray(Parts(message.Content).Select(part => part is MediaPart medium
            ? Medium(medium.Item, stored, config)
            : new JObject { ["type"] = "text", ["text"] = ((TextPart)part).Text })),
    };

    // Neighbouring texts are read as one.
    private static IEnumerable<ContentPart> Parts(IReadOnlyList<ContentPart> content)
    {
        var text = "";
        foreach (var part in content)
        {
            if (part is TextPart written)
            {
                text += written.Text;
                continue;
            }

            if (text.Length > 0)
            {
                yield return new TextPart(text);
                text = "";
            }

            yield return part;
        }

        if (text.Length > 0)
        {
            yield return new TextPart(text);
        }
    }

    private static JObject Medium(MediaItem item, Comparison stored, JToken config)
    {
        var key = new[] { stored.First, stored.Second, stored.Start }.First(one => one?.Item == item)!.Name;
        var kind = item.Kind.ToString().ToLowerInvariant();
        var part = new JObject { ["type"] = kind, [kind] = $"<{key}>" };
        if (item.Kind == MediaKind.Video)
        {
            part["fps"] = config["video_fps"];
        }

        if (item.Kind != MediaKind.Audio)
        {
            part["max_pixels"] = config["max_pixels"];
        }

        return part;
    }

    // A text alone and a list with one text say the same.
    private static string Normal(JToken messages) => new JArray(messages.Select(message => new JObject
    {
        ["role"] = message["role"],
        ["content"] = message["content"] is JArray parts
            ? parts
            : new JArray(new JObject { ["type"] = "text", ["text"] = message["content"] }),
    })).ToString();

    private static JToken Relative(JToken value, Comparison stored, string root) => value switch
    {
        JObject map => new JObject(map.Properties().Select(
            one => new JProperty(one.Name, Relative(one.Value, stored, root)))),
        JArray list => new JArray(list.Select(one => Relative(one, stored, root))),
        JValue { Value: string text } when text == stored.First.Item.Path => $"<{stored.First.Name}>",
        JValue { Value: string text } when text == stored.Second.Item.Path => $"<{stored.Second.Name}>",
        JValue { Value: string text } when text.StartsWith(root, StringComparison.Ordinal) =>
            Path.GetRelativePath(root, text),
        _ => value,
    };

    private static string Letter(PreferenceLabel label) => label switch
    {
        PreferenceLabel.First => "A",
        PreferenceLabel.Second => "B",
        _ => "C",
    };
}
