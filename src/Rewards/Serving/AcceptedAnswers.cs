using System.Collections.Immutable;
using R1Reward.Data.Formats;
using R1Reward.Rewards.Remote;

namespace R1Reward.Rewards.Serving;

/// <summary>
/// The accepted answers of an R1-Reward data file, found by the text of <c>message</c>. A text that is not in the file
/// is answered, as published, with the most similar one: the highest share of characters that both have in order (2 *
/// longest common subsequence / sum of lengths, in code points), the first of equals.
/// </summary>
/// <example>
/// Of "describe the image" and "count the cars", "count the car" is most similar to the second: 26 of 27 characters.
/// </example>
public sealed class AcceptedAnswers
{
    private readonly Dictionary<string, ImmutableArray<string>> _answers = [];
    private readonly List<(string Prompt, int[] Characters)> _prompts = [];

    /// <summary>Answers by prompt. Of equal prompts the last counts, as published.</summary>
    public AcceptedAnswers(IEnumerable<(string Prompt, ImmutableArray<string> Answers)> rows)
    {
        foreach (var (prompt, answers) in rows)
        {
            if (!_answers.ContainsKey(prompt))
            {
                _prompts.Add((prompt, Characters(prompt)));
            }

            _answers[prompt] = answers;
        }
    }

    /// <summary>The answers where there is no data file.</summary>
    public static AcceptedAnswers None { get; } = new([]);

    /// <summary>Reads the fields <c>message</c> and <c>answer</c> of a JSONL file or a JSON list.</summary>
    /// <param name="path">The file.</param>
    /// <param name="field">The field with the prompt: <c>message</c> unless the trainer was given another name.</param>
    /// <exception cref="Data.UserErrorException">The file is missing or a row is wrong.</exception>
    public static AcceptedAnswers Load(string path, string field) => new(AnswerRows.Read(path, field));

    /// <summary>The accepted answers of a prompt and whether it is in the file; null without a file.</summary>
    public (ImmutableArray<string>? Answers, bool Exact) Find(string prompt) =>
        _answers.TryGetValue(prompt, out var known) ? (known, true)
        : Nearest(prompt) is { } nearest ? (_answers[nearest], false)
        : (null, false);

    /// <summary>
    /// The accepted answers of an item: the one it brings, else those of its prompt; null where there are none.
    /// </summary>
    /// <param name="item">The item.</param>
    /// <param name="note">Takes a sentence about a prompt that is not in the file.</param>
    public ImmutableArray<string>? Get(RemoteItem item, Action<string> note)
    {
        if (item.Reference is { } reference)
        {
            return [reference];
        }

        var (accepted, exact) = Find(item.Prompt);
        if (accepted is not null && !exact)
        {
            var shown = item.Prompt.Length > 200 ? item.Prompt[..200] + "..." : item.Prompt;
            note($"unknown prompt, scored as the most similar one of the data file: {shown}");
        }

        return accepted;
    }

    /// <summary>The most similar prompt of the file; null where it is empty.</summary>
    public string? Nearest(string prompt)
    {
        var asked = Characters(prompt);
        var best = -1.0;
        string? nearest = null;
        foreach (var (known, characters) in _prompts)
        {
            var total = asked.Length + characters.Length;
            // No longer a subsequence than the shorter text: most candidates are ruled out by their length.
            if (total > 0 && 2.0 * Math.Min(asked.Length, characters.Length) / total <= best)
            {
                continue;
            }

            var similarity = total == 0 ? 1.0 : 2.0 * CommonSubsequence.Length(asked, characters) / total;
            if (similarity > best)
            {
                best = similarity;
                nearest = known;
            }
        }

        return nearest;
    }

    private static int[] Characters(string text) => [.. text.EnumerateRunes().Select(rune => rune.Value)];
}
