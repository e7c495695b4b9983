namespace R1Reward.Reference.Tests.LanguageModels;

/// <summary>
/// Comparisons of what optimiser steps lead to. The size of AdamW's step does not depend on that of the gradient, so
/// each step magnifies the order in which a library rounds its sums: where a value is above 1 the tolerance is of its
/// own size. Values before the first step are compared with the tolerance itself.
/// </summary>
internal static class AfterSteps
{
    internal static void Close(double expected, double actual, double tolerance, string what) =>
        Assert.True(
            Math.Abs(expected - actual) <= tolerance * Math.Max(1, Math.Abs(expected)),
            $"{what}: expected {expected}, got {actual}");

    internal static void Close(
        IReadOnlyList<float> expected,
        IReadOnlyList<float> actual,
        double tolerance,
        string what)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var i = 0; i < expected.Count; i++)
        {
            Close(expected[i], actual[i], tolerance, $"{what}[{i}]");
        }
    }
}
