import { DescribeTimeToLiveCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { TableReader } from '../../ports/operator.ts';
import { calling } from './errors.ts';

const ON = ['ENABLED', 'ENABLING'];

/** Reads how the healer's table is set up. */
export function tableReader(client: DynamoDBClient, tableName: string): TableReader {
  return {
    async expiry(abortSignal) {
      const command = new DescribeTimeToLiveCommand({ TableName: tableName });
      const { TimeToLiveDescription: found } = await calling('dynamodb:DescribeTimeToLive', () =>
        client.send(command, { abortSignal }),
      );
      return ON.includes(found?.TimeToLiveStatus ?? '') ? found?.AttributeName : undefined;
    },
  };
}
