using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Media;
using R1Reward.Data.Pairs;
using R1Reward.Data.Text;

namespace R1Reward.Data.Formats;

/// <summary>A question with the responses that are to be scored.</summary>
/// <param name="Prompt">The question.</param>
/// <param name="Responses">One response or more.</param>
/// <param name="Media">Pictures and videos of the question.</param>
/// <example>
/// <c>{"prompt": "How many cats?", "responses": ["Two.", "Three."], "image": "cats.png"}</c>; <c>question</c> and
/// <c>response</c> are read as well.
/// </example>
public sealed record ResponseRow(string Prompt, IReadOnlyList<string> Responses, IReadOnlyList<MediaItem> Media)
{
    /// <summary>What each response is besides its text, in their order; empty where all are texts alone.</summary>
    public IReadOnlyList<IReadOnlyList<MediaItem>> ResponseMedia { get; init; } = [];

    /// <summary>Both responses of a pair.</summary>
    public static ResponseRow From(PreferencePair pair) =>
        new(pair.Question, [pair.Response1, pair.Response2], pair.Media)
        {
            ResponseMedia = pair.AnswersWithMedia() ? [pair.Media1, pair.Media2] : [],
        };

    /// <summary>What a response is shown with: the media of the question, and those that it is itself.</summary>
    /// <param name="response">Its place, from 0.</param>
    public IReadOnlyList<MediaItem> MediaOf(int response) =>
        ResponseMedia.Count == 0 ? Media : [.. Media, .. ResponseMedia[response]];

    /// <summary>Reads JSON lines one after the other.</summary>
    /// <param name="lines">The lines; empty ones are passed over.</param>
    /// <param name="origin">Where they come from, for messages.</param>
    /// <param name="folder">What relative paths of media start at.</param>
    /// <exception cref="UserErrorException">A line is wrong; the message names it.</exception>
    public static IEnumerable<ResponseRow> ReadAll(IEnumerable<string> lines, string origin, string folder)
    {
        foreach (var (index, line) in lines.Index())
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                yield return Read(line, $"{origin}:{index + 1}", folder);
            }
        }
    }

    private static ResponseRow Read(string line, string place, string folder)
    {
        try
        {
            var fields = JsonText.Parse(line) as JObject
                ?? throw new RowException("the row is no JSON object; give {\"prompt\": ..., \"responses\": [...]}");
            var row = new DataRow(fields, 0);
            var prompt = row.Holds("prompt") ? row.Text("prompt") : row.Text("question");
            var responses = Texts(row);
            var media = row.Media();
            _ = row.Ignored("responses").ToList();
            return new ResponseRow(
                prompt,
                responses,
                [.. media.Select(item => item with { Path = MediaPath.Resolve(item.Path, folder) })]);
        }
        catch (Exception wrong) when (wrong is RowException or JsonException)
        {
            throw new UserErrorException($"{place}: {wrong.Message}", wrong);
        }
    }

    private static string[] Texts(DataRow row)
    {
        if (row.OptionalList("responses") is not { } list)
        {
            return [row.Text("response")];
        }

        return list.Count > 0
            ? [.. list.Select((response, index) => RowFields.Text(response, $"responses[{index}]"))]
            : throw new RowException("field \"responses\" is empty; give at least one response");
    }
}
