namespace R1Reward.Rewards.Terms.Judged.YesNo;

/// <summary>Options of the term <c>yes-no</c>.</summary>
public sealed record YesNoOptions
{
    /// <summary>
    /// What the judge is asked about each trace (<c>ask</c>); it should end in a question that Yes or No answers.
    /// </summary>
    public string Ask { get; init; } =
        "Is the judgment right about both responses, and does its final choice follow from its analysis?";

    /// <summary>
    /// Whether all spellings of yes and no count, case and blanks aside (<c>canonical</c>); else exactly <c>Yes</c> and
    /// <c>No</c>. Default on.
    /// </summary>
    public bool Canonical { get; init; } = true;

    /// <summary>
    /// Alternatives of the first token that the judge returns (<c>top-logprobs</c>), 1-20. Default 20.
    /// </summary>
    public int TopLogProbs { get; init; } = 20;

    /// <summary>Reads the options of an entry.</summary>
    public static YesNoOptions Read(OptionReader options)
    {
        var usual = new YesNoOptions();
        return new YesNoOptions
        {
            Ask = options.Text("ask", usual.Ask),
            Canonical = options.Flag("canonical", usual.Canonical),
            TopLogProbs = options.Whole("top-logprobs", usual.TopLogProbs, 1, 20),
        };
    }
}
