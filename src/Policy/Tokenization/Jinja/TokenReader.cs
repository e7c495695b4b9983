namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>Goes through the tokens of a template.</summary>
/// <param name="tokens">The tokens, the last one <see cref="TokenKind.End"/>.</param>
internal sealed class TokenReader(IReadOnlyList<Token> tokens)
{
    private int _at;

    /// <summary>The token that is next.</summary>
    public Token Current => tokens[_at];

    /// <summary>Takes the next token.</summary>
    public Token Next() => Current.Kind == TokenKind.End ? throw Error("the template ends too early") : tokens[_at++];

    /// <summary>Whether the next token is this operator.</summary>
    public bool IsOperator(string text) => Current.Kind == TokenKind.Operator && Current.Text == text;

    /// <summary>Whether the next token is this name or keyword.</summary>
    public bool IsName(string text) => Current.Kind == TokenKind.Name && Current.Text == text;

    /// <summary>Takes the next token if it is this operator.</summary>
    public bool TakeOperator(string text) => IsOperator(text) && Advance();

    /// <summary>Takes the next token if it is this keyword.</summary>
    public bool TakeName(string text) => IsName(text) && Advance();

    /// <summary>Takes a token of a kind.</summary>
    /// <exception cref="JinjaException">The next token is of another kind.</exception>
    public Token Expect(TokenKind kind) => Current.Kind == kind ? Next() : throw Unexpected();

    /// <summary>Takes the next token, which must be this operator.</summary>
    /// <exception cref="JinjaException">The next token is another one.</exception>
    public void ExpectOperator(string text)
    {
        if (!TakeOperator(text))
        {
            throw Unexpected($"; '{text}' is expected");
        }
    }

    /// <summary>Takes the next token, which must be this keyword.</summary>
    /// <exception cref="JinjaException">The next token is another one.</exception>
    public void ExpectName(string text)
    {
        if (!TakeName(text))
        {
            throw Unexpected($"; '{text}' is expected");
        }
    }

    /// <summary>An error at the next token.</summary>
    public JinjaException Error(string message) => new(Current.Line, message);

    /// <summary>The error that the next token has no place here.</summary>
    public JinjaException Unexpected(string remark = "") => Current.Kind switch
    {
        TokenKind.End => Error("the template ends too early" + remark),
        TokenKind.Name or TokenKind.Operator or TokenKind.Integer or TokenKind.Float =>
            Error($"'{Current.Text}' has no place here{remark}"),
        var kind => Error($"{kind} has no place here{remark}"),
    };

    private bool Advance()
    {
        _at++;
        return true;
    }
}
