// Runs the tests of this project; with `law --count N [--seed S]` the long form of law 2 (tests/law.sh), with `crash
// --count N [--seed S]` the long form of the kills (tests/views-crash.sh), whose child process `crash-child` is.
// `reader-child` is the process that ReaderKillTests kills.
using TickStore.Tests.Streaming;
using TickStore.Tests.Streaming.Crash;
using TickStore.Tests.Streaming.Law;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

return args switch
{
    ["law", .. var rest] => LawCampaign.Run(rest, Console.Out),
    ["crash", .. var rest] => CrashCampaign.Run(rest, Console.Out),
    ["crash-child", var folder, var round, .. var positions] => CrashChild.Run(
        folder,
        int.Parse(round, System.Globalization.CultureInfo.InvariantCulture),
        positions,
        Console.Out
    ),
    ["reader-child", var folder, var seed] => ReaderChild.Run(
        folder,
        int.Parse(seed, System.Globalization.CultureInfo.InvariantCulture),
        Console.Out
    ),
    _ when args.Any(a => a is "-automated" or "@@") => await ConsoleRunner.Run(args),
    _ => await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
};
