namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>Reads the statements of a template.</summary>
internal sealed class TemplateParser
{
    private readonly TokenReader _tokens;
    private readonly ExpressionParser _expressions;
    private int _loops;

    private TemplateParser(IReadOnlyList<Token> tokens)
    {
        _tokens = new TokenReader(tokens);
        _expressions = new ExpressionParser(_tokens);
    }

    /// <summary>The statements of a whole template.</summary>
    /// <exception cref="JinjaException">It is not written as templates are.</exception>
    public static IReadOnlyList<Statement> Parse(string source)
    {
        var parser = new TemplateParser(Lexer.Tokenize(source));
        var body = parser.ParseBody(ends: []);
        return parser._tokens.Current.Kind == TokenKind.End ? body : throw parser._tokens.Unexpected();
    }

    // Up to the keyword of a tag that ends the body, which is left to be read.
    private List<Statement> ParseBody(params ReadOnlySpan<string> ends)
    {
        Nesting.Guard();
        var body = new List<Statement>();
        while (_tokens.Current.Kind != TokenKind.End)
        {
            var token = _tokens.Next();
            switch (token.Kind)
            {
                case TokenKind.Data:
                    body.Add(new Statement.Data(token.Line, MarkedText.Trusted(token.Text)));
                    break;
                case TokenKind.OutputBegin:
                    body.Add(new Statement.Output(token.Line, _expressions.ParseTuple()));
                    _tokens.Expect(TokenKind.OutputEnd);
                    break;
                default:
                    if (_tokens.Current.Kind == TokenKind.Name && ends.Contains(_tokens.Current.Text))
                    {
                        return body;
                    }

                    body.Add(ParseStatement(token.Line));
                    break;
            }
        }

        return ends.Length == 0 ? body : throw _tokens.Error($"'{ends[^1]}' is missing");
    }

    private Statement ParseStatement(int line)
    {
        var keyword = _tokens.Expect(TokenKind.Name).Text;
        return keyword switch
        {
            "if" => ParseIf(line),
            "for" => ParseFor(line),
            "set" => ParseSet(line),
            "macro" => ParseMacro(line),
            "generation" => ParseGroup(line),
            "break" => ParseJump(line, Flow.Break),
            "continue" => ParseJump(line, Flow.Continue),
            _ => throw new JinjaException(
                line,
                $"the statement '{keyword}' is not one that chat templates can use here"),
        };
    }

    private Statement.If ParseIf(int line)
    {
        var branches = new List<Statement.Branch>();
        do
        {
            var condition = _expressions.ParseTuple();
            EndTag();
            branches.Add(new(condition, ParseBody("elif", "else", "endif")));
        }
        while (_tokens.TakeName("elif"));
        if (_tokens.TakeName("else"))
        {
            EndTag();
            branches.Add(new(null, ParseBody("endif")));
        }

        EndTag("endif");
        return new Statement.If(line, branches);
    }

    private Statement.For ParseFor(int line)
    {
        var targets = ParseTargets();
        _tokens.ExpectName("in");
        var items = _expressions.ParseIterable();
        var filter = _tokens.TakeName("if") ? _expressions.Parse() : null;
        EndTag();
        _loops++;
        var body = ParseBody("else", "endfor");
        _loops--;
        List<Statement> otherwise = [];
        if (_tokens.TakeName("else"))
        {
            EndTag();
            otherwise = ParseBody("endfor");
        }

        EndTag("endfor");
        return new Statement.For(line, targets, items, filter, body, otherwise);
    }

    private Statement ParseSet(int line)
    {
        var targets = ParseTargets();
        if (_tokens.TakeOperator("="))
        {
            var value = _expressions.ParseTuple();
            EndTag();
            return new Statement.Set(line, targets, value);
        }

        EndTag();
        var body = ParseBody("endset");
        EndTag("endset");
        return targets.Count == 1
            ? new Statement.SetBlock(line, targets[0], body)
            : throw new JinjaException(line, "one text cannot be set to several names");
    }

    private Statement.Macro ParseMacro(int line)
    {
        var name = _tokens.Expect(TokenKind.Name).Text;
        var parameters = new List<(string, Expression?)>();
        _tokens.ExpectOperator("(");
        while (!_tokens.TakeOperator(")"))
        {
            if (parameters.Count > 0)
            {
                _tokens.ExpectOperator(",");
            }

            var parameter = _tokens.Expect(TokenKind.Name).Text;
            parameters.Add((parameter, _tokens.TakeOperator("=") ? _expressions.Parse() : null));
        }

        EndTag();
        var loops = _loops;
        _loops = 0;
        var body = ParseBody("endmacro");
        _loops = loops;
        _tokens.ExpectName("endmacro");
        if (_tokens.Current.Kind == TokenKind.Name)
        {
            _tokens.Next();
        }

        EndTag();
        return new Statement.Macro(line, name, parameters, body);
    }

    private Statement.Group ParseGroup(int line)
    {
        EndTag();
        var body = ParseBody("endgeneration");
        EndTag("endgeneration");
        return new Statement.Group(line, body);
    }

    private Statement.Jump ParseJump(int line, Flow flow)
    {
        EndTag();
        return _loops > 0
            ? new Statement.Jump(line, flow)
            : throw new JinjaException(line, "outside a loop there is nothing to break or continue");
    }

    private List<Statement.Assignable> ParseTargets()
    {
        var targets = new List<Statement.Assignable>();
        var brackets = _tokens.TakeOperator("(");
        do
        {
            var name = _tokens.Expect(TokenKind.Name).Text;
            var attribute = _tokens.TakeOperator(".") ? _tokens.Expect(TokenKind.Name).Text : null;
            targets.Add(new Statement.Assignable(name, attribute));
        }
        while (_tokens.TakeOperator(","));
        if (brackets)
        {
            _tokens.ExpectOperator(")");
        }

        return targets;
    }

    private void EndTag(string keyword)
    {
        _tokens.ExpectName(keyword);
        EndTag();
    }

    private void EndTag() => _tokens.Expect(TokenKind.BlockEnd);
}
