using System.Globalization;
using R1Reward.Data.Judging;
using R1Reward.Rollout.Voting;

namespace R1Reward.Cli.Output;

/// <summary>Counts how replies are written, so that a figure says what it rests on.</summary>
internal sealed class ReplyForms
{
    private const int ExampleLength = 160;

    private int _replies;
    private int _malformed;
    private int _untagged;
    private int _unreadable;
    private string? _example;

    /// <summary>Takes in the replies about one pair.</summary>
    public void Add(VoteResult result)
    {
        for (var i = 0; i < result.Judgments.Length; i++)
        {
            var judgment = result.Judgments[i];
            _replies++;
            _untagged += judgment.Status == JudgmentStatus.Fallback ? 1 : 0;
            _unreadable += judgment.Status == JudgmentStatus.Invalid ? 1 : 0;
            if (!judgment.WellFormed)
            {
                _malformed++;
                _example ??= result.Traces[i].Text;
            }
        }
    }

    /// <summary>One line about the replies that miss the form, with one of them; null where none does.</summary>
    public string? Describe(AnswerReading answer, JudgmentTags tags)
    {
        if (_malformed == 0)
        {
            return null;
        }

        var untagged = answer switch
        {
            AnswerReading.Lenient => $"{_untagged} are without answer tags, read as a whole; ",
            AnswerReading.Published => $"{_untagged} are without answer tags, read by the last 1 or 2 in them; ",
            _ => "",
        };
        return string.Create(
            CultureInfo.InvariantCulture,
            $"form: {_malformed} of {_replies} replies miss {tags.Form}; {untagged}"
            + $"{_unreadable} are unreadable and no vote; the first: {Example()}");
    }

    private string Example()
    {
        var line = new string([.. _example!.Select(letter => char.IsControl(letter) ? ' ' : letter)]).Trim();
        return line.Length > ExampleLength ? $"\"{line[..ExampleLength]}...\"" : $"\"{line}\"";
    }
}
