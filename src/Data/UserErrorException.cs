namespace R1Reward.Data;

/// <summary>
/// A mistake that the user can correct: a wrong setting, a missing file, data that cannot be read. The program prints
/// <see cref="Exception.Message"/> as one line (what, where, why, what to do) without a stack trace and exits with code
/// 2.
/// </summary>
public sealed class UserErrorException : Exception
{
    private const int MaxShown = 20;

    /// <summary>Creates the error from its finished message.</summary>
    public UserErrorException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error from its finished message and the exception behind it.</summary>
    public UserErrorException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>
    /// Creates one error of several mistakes, a line each; of very many the first twenty and their count.
    /// </summary>
    public static UserErrorException ForAll<T>(IReadOnlyCollection<T> mistakes, Func<T, string> describe)
    {
        var lines = mistakes.Take(MaxShown).Select(describe);
        var rest = mistakes.Count - MaxShown;
        return new UserErrorException(string.Join('\n', rest > 0 ? lines.Append($"... and {rest} more.") : lines));
    }
}
