namespace R1Reward.Rewards.Terms.Result;

/// <summary>Options of the term <c>result</c>.</summary>
public sealed record ResultOptions
{
    /// <summary>What stands in the answer tags (<c>answer</c>). Default <see cref="AnswerForm.Choice"/>.</summary>
    public AnswerForm Answer { get; init; } = AnswerForm.Choice;

    /// <summary>
    /// Which phrases name a tie (<c>ties</c>). Default <see cref="TiePhrases.Any"/>; used by
    /// <see cref="AnswerForm.Phrase"/> alone.
    /// </summary>
    public TiePhrases Ties { get; init; } = TiePhrases.Any;

    /// <summary>Reads the options of an entry.</summary>
    public static ResultOptions Read(OptionReader options)
    {
        var usual = new ResultOptions();
        return new ResultOptions
        {
            Answer = options.OneOf("answer", usual.Answer),
            Ties = options.OneOf("ties", usual.Ties),
        };
    }
}
