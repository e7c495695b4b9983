namespace R1Reward.Rewards.Terms.Judged.Rubric;

/// <summary>One aspect of a rubric.</summary>
/// <param name="Number">Its place in the reply, from 1.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Key">Its name in options and figures.</param>
/// <param name="Asks">What it is about, for the judge.</param>
public sealed record RubricSection(int Number, string Title, string Key, string Asks);
